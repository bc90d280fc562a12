#pragma once
// A connection's share of its listener: a slot among its connections, a slot before authentication,
// and the users that may connect. The destructor releases all of it.
//
// Without a listener nothing is limited and there are no users: so it is for a connection that the
// daemon itself has opened.
//
// Owner and thread: the connection's.
#include "access/attempt_limiter.hpp"
#include "access/users.hpp"
#include "base/rare_text.hpp"
#include "base/time.hpp"
#include "server/listener/idle_slots.hpp"
#include "server/listener/listener_state.hpp"
#include "session/transport.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace telex::server {

class ListenerSlot {
public:
    ListenerSlot() = default;
    // Keeps the listener alive. Takes nothing yet. `network`: that the peer comes from
    // (net::network_of); empty for none.
    ListenerSlot(ListenerState& listener, std::string network);
    ListenerSlot(ListenerSlot&& other) noexcept;
    ListenerSlot& operator=(ListenerSlot&&) = delete;
    ~ListenerSlot();

    bool belongs_to(const ListenerState& listener) const { return listener_ == &listener; }

    // --- slots ----------------------------------------------------------------------------------
    // Takes a slot if the listener has one, and enters the peer among those that are not
    // authenticated if there is room.
    void take();

    // Only enters the peer among those that are not authenticated. Returns false if there is no
    // room.
    [[nodiscard]] bool enter_pre_auth();
    // Gives back what is taken, and counts for another peer from now on.
    void count_for(std::string network);

    bool has_slot() const {
        return listener_ == nullptr || held_ == Held::slot || held_ == Held::idle_slot;
    }

    // For a connection without a slot that can receive the reason only after a handshake. Returns
    // false if too many such connections are open.
    [[nodiscard]] bool take_reject_slot();
    // The peer sends no sign of life. While it is silent a newcomer may displace it: `leave` is
    // then called, at most once, on any thread. If the listener is full, this connection displaces
    // another one.
    void share(std::function<void()> leave, TimePoint now);

    // The peer was active, and waits for a reply or does not.
    void note_activity(TimePoint when, bool waits) {
        if (idle_slot_) {
            idle_slot_->note(when, waits);
        }
    }

    // Returns false if too many connections, of this network or of all, are not authenticated.
    bool is_in_pre_auth() const { return listener_ == nullptr || in_pre_auth_; }

    void leave_pre_auth();
    // Gives back all that is taken.
    void release();

    // --- authentication -------------------------------------------------------------------------
    // The users in force; null without users: everything is permitted.
    access::UsersPtr users() const { return listener_ == nullptr ? nullptr : listener_->users(); }

    // While a reload renames the listener: its former name. Else empty.
    std::string former_name() const {
        return listener_ == nullptr ? std::string() : listener_->former_name();
    }

    // See access::AttemptLimiter.
    [[nodiscard]] std::optional<access::AttemptLimiter::Turn> take_turn(
        const std::string& source, TimePoint now
    );
    void give_back_turn();
    void note_failed_attempt(const std::string& source, TimePoint now, bool reserved);

    // Compares a password with a hash; `done` is called on another thread. Returns false, without a
    // call of `done`, if too many wait. Requires users.
    [[nodiscard]] bool check_password(
        std::string hash, std::string password, std::function<void(bool)> done
    );

private:
    // Null if every client may do everything.
    Authenticator* authenticator() const {
        return listener_ == nullptr ? nullptr : listener_->authenticator();
    }

    enum class Held : std::uint8_t { nothing, reject_slot, slot, idle_slot };

    ListenerState* listener_ = nullptr;
    RareText network_;  // until it leaves pre_auth
    Held held_ = Held::nothing;
    bool in_pre_auth_ = false;
    std::unique_ptr<IdleSlot> idle_slot_;  // idle_slot
};

}  // namespace telex::server

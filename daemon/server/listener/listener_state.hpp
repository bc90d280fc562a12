#pragma once
// One listener as all reactors see it: its current settings, and what is counted and limited over
// all of its connections.
//
// Thread: any.
#include "access/pre_auth_limiter.hpp"
#include "base/time.hpp"
#include "net/address.hpp"
#include "net/unix_path.hpp"
#include "server/listener/authenticator.hpp"
#include "server/listener/idle_slots.hpp"
#include "server/listener/listener_settings.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace telex::server {

// A path that leads to a socket of the listener until it is deleted or replaced.
struct SocketFile {
    net::Address address;
    net::FileId id;
    std::weak_ptr<const net::UnixLock> lock;  // as long as the socket is served

    bool is_lost() const { return !net::leads_to(address.path, id); }
};

class ListenerState {
public:
    // Without an authenticator everything is permitted.
    explicit ListenerState(ListenerSettingsPtr settings, Authenticator* authenticator = nullptr);

    // Of new connections.
    ListenerSettingsPtr settings() const;
    // Replaces the settings at a reload.
    void use(ListenerSettingsPtr settings);

    // While a reload renames it: the name that the users in force may still refer to. Else empty.
    std::string former_name() const;
    void set_former_name(std::string name);

    // The users in force; null if every client may do everything.
    access::UsersPtr users() const { return authenticator_ ? authenticator_->users() : nullptr; }

    // Not null if there are users.
    Authenticator* authenticator() { return authenticator_; }

    // Returns false without a slot if the listener is full.
    [[nodiscard]] bool take_slot();

    // Connections that have a slot.
    std::uint32_t connections() const { return connections_.load(std::memory_order_relaxed); }

    // Connections and datagram peers so far, with and without a slot.
    std::uint64_t accepted() const { return accepted_.load(std::memory_order_relaxed); }

    // The slot of a connection that may be displaced while it is silent (idle_slots.hpp).
    void add_idle_slot(IdleSlot& slot) { idle_slots_.add(slot); }

    // Releases the slot unless a new connection has taken it.
    void remove_idle_slot(IdleSlot& slot) {
        if (idle_slots_.remove(slot)) {
            release_slot();
        }
    }

    // Takes the slot of the most silent connection. Returns false if there is none.
    bool displace(TimePoint now) { return idle_slots_.displace(now); }

    void release_slot() { connections_.fetch_sub(1, std::memory_order_relaxed); }

    // For a connection without a slot that can be rejected only after a handshake. Returns false
    // if too many are being rejected already.
    [[nodiscard]] bool take_reject_slot();

    void release_reject_slot() { standing_.fetch_sub(1, std::memory_order_relaxed); }

    // Counts a connection of this network (net::network_of) that is not authenticated. Returns
    // false if there are too many.
    [[nodiscard]] bool enter_pre_auth(std::string_view network);
    void leave_pre_auth(std::string_view network);

    // Clients keep it alive: a removed listener is destroyed after its last client.
    void attach() {
        clients_.fetch_add(1, std::memory_order_relaxed);
        accepted_.fetch_add(1, std::memory_order_relaxed);
    }

    void detach() { clients_.fetch_sub(1, std::memory_order_release); }

    bool has_clients() const { return clients_.load(std::memory_order_acquire) != 0; }

    // As bound. Written by the server before reactors use the listener.
    std::vector<std::string> bound_addresses;
    // Only on the server's thread.
    std::vector<SocketFile> socket_files;

    // Addresses whose socket file was deleted or replaced. Reads the file system; on the server's
    // thread.
    std::vector<std::string> unreachable_addresses() const;

private:
    Authenticator* const authenticator_;
    std::atomic<std::uint32_t> most_connections_;
    std::atomic<std::uint32_t> connections_{0};
    std::atomic<std::uint64_t> accepted_{0};
    std::atomic<std::uint32_t> standing_{0};
    std::atomic<std::uint32_t> clients_{0};
    IdleSlots idle_slots_;
    std::mutex pre_auth_mutex_;
    access::PreAuthLimiter pre_auth_;
    mutable std::mutex settings_mutex_;  // held for a copy, once per connection
    ListenerSettingsPtr settings_;
    std::string former_name_;
};

}  // namespace telex::server

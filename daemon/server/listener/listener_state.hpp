#pragma once
// One listener as all reactors see it: its settings of the moment, and what is counted and limited
// over all of its connections.
//
// Thread: any.
#include "access/strangers.hpp"
#include "net/address.hpp"
#include "net/unix_path.hpp"
#include "server/listener/doorkeeper.hpp"
#include "server/listener/listener_settings.hpp"
#include "server/listener/seats.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace telex::server {

// A path that leads to a socket of the listener until somebody deletes or replaces it.
struct SocketFile {
    net::Address address;
    net::FileId id;
    std::weak_ptr<const net::UnixLock> lock;  // as long as the socket is served

    bool is_lost() const { return !net::leads_to(address.path, id); }
};

class ListenerState {
public:
    // Without a doorkeeper everybody may do everything.
    explicit ListenerState(ListenerSettingsPtr settings, Doorkeeper* doorkeeper = nullptr);

    // What new connections begin with.
    ListenerSettingsPtr settings() const;
    // A reload: the same listener with other limits, certificates and the like.
    void use(ListenerSettingsPtr settings);

    // While a reload gives it another name: by which the users that are in force may still know it.
    // Else empty.
    std::string former_name() const;
    void set_former_name(std::string name);

    // Those in force now; null: everybody may do everything.
    access::UsersPtr users() const { return doorkeeper_ ? doorkeeper_->users() : nullptr; }

    // There is one as soon as there are users.
    Doorkeeper* doorkeeper() { return doorkeeper_; }

    // False when the listener is full; then nothing was taken.
    [[nodiscard]] bool take_place();

    // Those that have a place.
    std::uint32_t connections() const { return connections_.load(std::memory_order_relaxed); }

    // Connections and datagram peers so far, with and without a place.
    std::uint64_t accepted() const { return accepted_.load(std::memory_order_relaxed); }

    // A connection that has a place and makes room for others while it is silent (seats.hpp).
    void sit_down(Seat& seat) { seats_.add(seat); }

    // It gives its place back, unless a newcomer has it.
    void stand_up(Seat& seat) {
        if (seats_.remove(seat)) {
            give_place();
        }
    }

    // Takes the place of the most silent connection. Returns false when there is none.
    bool displace(session::TimePoint now) { return seats_.displace(now); }

    void give_place() { connections_.fetch_sub(1, std::memory_order_relaxed); }

    // For a connection without a place that can be told so only after a handshake. False: so many
    // are being told already that this one is not worth the memory.
    [[nodiscard]] bool take_standing_room();

    void give_standing_room() { standing_.fetch_sub(1, std::memory_order_relaxed); }

    // A connection that has not introduced itself, of this network (net::network_of). False: there
    // are too many of them already.
    [[nodiscard]] bool admit_stranger(const std::string& network);
    void dismiss_stranger(const std::string& network);

    // Whoever fails to be recognised too often has to wait.
    bool may_try(const std::string& network, session::TimePoint now);
    void has_failed(const std::string& network, session::TimePoint now);

    // Parties keep it alive: one that was taken out of the configuration goes with the last.
    void attach() {
        parties_.fetch_add(1, std::memory_order_relaxed);
        accepted_.fetch_add(1, std::memory_order_relaxed);
    }

    void detach() { parties_.fetch_sub(1, std::memory_order_release); }

    bool has_parties() const { return parties_.load(std::memory_order_acquire) != 0; }

    // As bound. Written by the server before a reactor sees the listener.
    std::vector<std::string> bound_addresses;
    // Only the server's thread knows them.
    std::vector<SocketFile> socket_files;

    // Those whose socket file somebody deleted or replaced. Looks at the file system; on the
    // server's thread.
    std::vector<std::string> unreachable_addresses() const;

private:
    Doorkeeper* const doorkeeper_;
    std::atomic<std::uint32_t> most_connections_;
    std::atomic<std::uint32_t> connections_{0};
    std::atomic<std::uint64_t> accepted_{0};
    std::atomic<std::uint32_t> standing_{0};
    std::atomic<std::uint32_t> parties_{0};
    Seats seats_;
    std::mutex strangers_mutex_;
    access::Strangers strangers_;
    mutable std::mutex settings_mutex_;  // held for a copy, once for each connection
    ListenerSettingsPtr settings_;
    std::string former_name_;
};

}  // namespace telex::server

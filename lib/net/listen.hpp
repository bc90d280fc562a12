#pragma once
// Sockets for a listener's address: resolved, bound, listening, non-blocking.
//
// A port is taken exclusively and only then shared among the caller's own sockets: the first socket
// binds and listens without SO_REUSEPORT, which fails when anybody else has the port, a second
// daemon of the same user included. SO_REUSEPORT is set on it afterwards, so its siblings may join.
#include "base/result.hpp"
#include "net/address.hpp"
#include "net/fd.hpp"
#include "net/kept_sockets.hpp"
#include "net/socket_error.hpp"
#include "net/unix_path.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace telex::net {

struct ListenOptions {
    // tcp, udp: one socket per reactor on the same port; otherwise one socket.
    bool reuse_port = true;
    // [::] and other IPv6 addresses leave IPv4 alone; "*" always serves both.
    bool ipv6_only = true;
    int backlog = 1'024;   // connections that wait for accept; the kernel caps it at somaxconn
    UnixFileOptions file;  // unix paths: mode, owner, group
    std::optional<int> receive_buffer;  // bytes, else the system's default
    std::optional<int> send_buffer;
};

// One socket of a listener. Closing it also removes the socket file when it has one.
struct Bound {
    UniqueFd fd;
    Address actual;                        // with the port that the kernel chose
    unsigned slot = 0;                     // 0 .. count-1: which reactor's
    std::optional<UnixSocketGuard> guard;  // unix paths that telex made itself
    bool was_kept = false;                 // by an earlier run: who connected meanwhile waits in it
    bool is_address_missing = false;       // on this host, when it was bound

    // The socket file goes with this, though it was to stay.
    void give_up() {
        if (guard) {
            guard->stay(false);
        }
    }
};

// tcp and udp give `count` sockets for every address behind the host, all on one port (port 0: the
// first picks); unix gives one. Addresses of a name that this host cannot serve are left out as
// long as one remains; an address that is written as a number is bound also where the host does not
// have it yet (IP_FREEBIND), and serves from the moment on when it does. Blocks while names are
// looked up.
//
// Of `kept` those serve again that are bound where a new one would be; all of them, also more than
// `count`, because clients may wait in each. The others are closed.
[[nodiscard]] Result<std::vector<Bound>, SystemError> listen_on(
    const Address& address, const ListenOptions& options, unsigned count, KeptSockets kept = {}
);

}  // namespace telex::net

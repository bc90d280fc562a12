#pragma once
// Sockets for a listener's address: resolved, bound, listening, non-blocking.
//
// A port is bound exclusively and only then shared among the caller's own sockets: the first socket
// binds and listens without SO_REUSEPORT, which fails if any other process has the port, even a
// second daemon of the same user. It gets SO_REUSEPORT afterwards, so that its siblings can join.
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
    // tcp, udp: one socket per reactor on the same port; other transports: one socket.
    bool reuse_port = true;
    // [::] and other IPv6 addresses exclude IPv4; "*" serves both.
    bool ipv6_only = true;
    int backlog = 1'024;   // connections waiting for accept; the kernel caps it at somaxconn
    UnixFileOptions file;  // unix paths: mode, owner, group
    std::optional<int> receive_buffer;  // bytes; defaults to the system's
    std::optional<int> send_buffer;
};

// One socket of a listener. Closing it also removes its socket file, if any.
struct Bound {
    UniqueFd fd;
    Address actual;                        // with the port that the kernel chose
    unsigned slot = 0;                     // index of the reactor, from 0
    std::optional<UnixSocketGuard> guard;  // unix paths created by telex
    bool was_kept = false;                 // by an earlier run: its backlog may contain clients
    bool is_address_missing = false;       // the host did not have it when it was bound

    // Also removes the socket file.
    void give_up() {
        if (guard) {
            guard->stay(false);
        }
    }
};

// Returns `count` sockets for every address of a tcp or udp host, all on one port (the first picks
// it if it is 0); one socket for unix. Addresses of a name that this host cannot bind are skipped
// if at least one remains. A numeric address is bound even if the host lacks it (IP_FREEBIND), and
// works once the host has it. Blocks during name look-up.
//
// Of `kept`, the sockets bound to the same address are reused, even if more than `count`, because
// clients may wait in each. The others are closed.
[[nodiscard]] Result<std::vector<Bound>, SystemError> listen_on(
    const Address& address, const ListenOptions& options, unsigned count, KeptSockets kept = {}
);

}  // namespace telex::net

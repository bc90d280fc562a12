#pragma once
// Sockets that systemd opened for us (LISTEN_FDS), checked and sorted by FileDescriptorName=.
//
//   take_passed_sockets  once, at start, before threads: the environment is used up
//   take(NAME)           a systemd:NAME listener gets its sockets, one per reactor with ReusePort=
//   leftover_names       nobody asked for these: warn; they close with this object, because a
//                        socket that nothing serves would let clients hang
#include "base/result.hpp"
#include "net/listen.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace telex::sd {

class PassedSockets {
public:
    // The sockets of that name in systemd's order, `slot` counted from 0 per address; empty when
    // there are none or they were taken before.
    std::vector<net::Bound> take(std::string_view name);
    // Each name once.
    std::vector<std::string> leftover_names() const;

    bool empty() const { return sockets_.empty(); }

    std::size_t size() const { return sockets_.size(); }

private:
    friend Result<PassedSockets, std::string> take_passed_sockets();

    struct Named {
        std::string name;
        net::Bound socket;
    };

    std::vector<Named> sockets_;
};

// The sockets of an address: those that systemd has passed under its name, or new ones as
// net::listen_on makes them.
Result<std::vector<net::Bound>, net::SystemError> take_or_open(
    const net::Address& address,
    const net::ListenOptions& options,
    unsigned count,
    PassedSockets& passed
);

// None when nothing was passed or it was meant for another process (LISTEN_PID). The error names
// the descriptor: closed, no socket, of a kind that telex does not serve, or connected instead of
// listening. Every socket becomes NONBLOCK and CLOEXEC, whatever the unit says.
Result<PassedSockets, std::string> take_passed_sockets();

}  // namespace telex::sd

#pragma once
// Sockets that the service manager passed (LISTEN_FDS), checked and sorted by their names: those of
// socket units (FileDescriptorName=), and those that an earlier run stored.
//
//   take_passed_sockets  once, at start, before threads: the environment is used up
//   take(NAME)           what has that name, one socket per reactor with ReusePort=
//   names                what is left: it closes with this object
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
    // Of those that are left, each name once.
    std::vector<std::string> names() const;

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

// None when nothing was passed or it was meant for another process (LISTEN_PID). The error names
// the descriptor: closed, no socket, of a kind that telex does not serve, or connected instead of
// listening; then all are closed. Every socket becomes NONBLOCK and CLOEXEC, whatever the unit
// says. Call before the process opens descriptors: a wrong number could name one of them.
[[nodiscard]] Result<PassedSockets, std::string> take_passed_sockets();

}  // namespace telex::sd

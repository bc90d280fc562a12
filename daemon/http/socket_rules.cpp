#include "http/socket_rules.hpp"

#include "net/address.hpp"
#include "net/peer.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <string_view>

namespace telex::http {

namespace {

bool listens(int fd) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0;
}

std::string_view fault_of_place(const net::Address& address) {
    switch (address.transport) {
        case net::Transport::tcp:
            return net::is_loopback(address.host)
                       ? ""
                       : "other hosts can reach it, and HTTP is served on this host only: at a "
                         "loopback address or a unix socket";
        case net::Transport::unix_stream:
            return address.abstract ? "it has no file whose permissions say who may ask" : "";
        default:
            return "HTTP needs a stream socket";
    }
}

}  // namespace

std::optional<std::string> fault_of(const net::Bound& socket) {
    std::string_view fault = fault_of_place(socket.actual);
    if (fault.empty() && !listens(socket.fd.get())) {
        fault = "it does not listen";
    }
    if (fault.empty()) {
        return std::nullopt;
    }
    return fmt::format("{}: {}", net::to_string(socket.actual), fault);
}

}  // namespace telex::http

#include "net/kept_sockets.hpp"

#include <algorithm>
#include <utility>

namespace telex::net {

namespace {

bool is_bound_to(int fd, const SocketAddress& where, Transport transport) {
    const auto address = local_address(fd);
    auto bound = bound_address(fd);
    if (!address || address->transport != transport || !bound) {
        return false;
    }
    if (port_of(where) == 0) {
        set_port(*bound, 0);
    }
    return *bound == where;
}

}  // namespace

std::optional<KeptSocket> KeptSockets::take(const SocketAddress& where, Transport transport) {
    const auto found = std::find_if(sockets_.begin(), sockets_.end(), [&](const auto& kept) {
        return is_bound_to(kept.fd.get(), where, transport);
    });
    if (found == sockets_.end()) {
        return std::nullopt;
    }
    KeptSocket kept = std::move(*found);
    sockets_.erase(found);
    return kept;
}

}  // namespace telex::net

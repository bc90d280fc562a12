#pragma once
// Listening sockets that an earlier run opened and somebody kept open, for listen_on to go on with:
// whoever connected meanwhile waits in them.
#include "net/address.hpp"
#include "net/fd.hpp"
#include "net/socket_address.hpp"
#include "net/unix_path.hpp"

#include <optional>
#include <vector>

namespace telex::net {

struct KeptSocket {
    UniqueFd fd;
    FileId file;  // unix paths: what the path led to
};

// Closes those that nobody takes.
class KeptSockets {
public:
    void add(KeptSocket socket) { sockets_.push_back(std::move(socket)); }

    // One of this kind that is bound there; port 0: at any port of that host.
    std::optional<KeptSocket> take(const SocketAddress& where, Transport transport);

    bool empty() const { return sockets_.empty(); }

    std::size_t size() const { return sockets_.size(); }

private:
    std::vector<KeptSocket> sockets_;
};

}  // namespace telex::net

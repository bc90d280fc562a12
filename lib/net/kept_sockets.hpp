#pragma once
// Listening sockets of an earlier run that stayed open; listen_on reuses them. Clients that
// connected meanwhile wait in their backlogs.
#include "net/address.hpp"
#include "net/fd.hpp"
#include "net/socket_address.hpp"
#include "net/unix_path.hpp"

#include <optional>
#include <vector>

namespace telex::net {

struct KeptSocket {
    UniqueFd fd;
    FileId file;  // unix paths: the file that the path named
};

// Closes the sockets that are not taken.
class KeptSockets {
public:
    void add(KeptSocket socket) { sockets_.push_back(std::move(socket)); }

    // Returns a socket of this kind bound to the address; port 0 matches any port of the host.
    std::optional<KeptSocket> take(const SocketAddress& where, Transport transport);

    bool empty() const { return sockets_.empty(); }

    std::size_t size() const { return sockets_.size(); }

private:
    std::vector<KeptSocket> sockets_;
};

}  // namespace telex::net

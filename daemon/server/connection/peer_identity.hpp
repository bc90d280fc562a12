#pragma once
// Facts about the peer of a stream from the kernel and TLS.
#include "access/users.hpp"
#include "net/peer.hpp"
#include "server/stream/byte_stream.hpp"

#include <optional>

namespace telex::server {

inline access::PeerIdentity identity_of(const ByteStream& stream) {
    const auto credentials = net::credentials_of(stream.descriptor());
    return {
        .certificate = stream.certificate_name(),
        .uid = credentials ? std::optional(credentials->uid) : std::nullopt,
        .gids = net::groups_of(stream.descriptor())
    };
}

}  // namespace telex::server

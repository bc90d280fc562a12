#pragma once
// Facts about the peer of a stream from the kernel and TLS.
#include "access/users.hpp"
#include "net/peer.hpp"
#include "server/stream/byte_stream.hpp"

#include <sys/types.h>

#include <optional>
#include <vector>

namespace telex::server {

// Of the peer itself: nothing if a proxy forwards it.
inline std::optional<net::Credentials> credentials_of(const ByteStream& stream) {
    const Forwarding forwarding = stream.forwarding();
    const bool forwards = forwarding == Forwarding::named || forwarding == Forwarding::unnamed;
    return forwards ? std::nullopt : net::credentials_of(stream.descriptor());
}

inline access::PeerIdentity identity_of(const ByteStream& stream) {
    const auto credentials = credentials_of(stream);
    return {
        .certificate = stream.certificate_name(),
        .uid = credentials ? std::optional(credentials->uid) : std::nullopt,
        .gids = credentials ? net::groups_of(stream.descriptor()) : std::vector<gid_t>()
    };
}

}  // namespace telex::server

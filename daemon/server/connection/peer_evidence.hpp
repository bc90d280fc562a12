#pragma once
// Facts about the peer of a stream from the kernel and TLS.
#include "access/users.hpp"
#include "net/peer.hpp"
#include "server/stream/byte_stream.hpp"

#include <optional>
#include <string>

namespace telex::server {

// Owns the texts that view() refers to.
class PeerEvidence {
public:
    explicit PeerEvidence(const ByteStream& stream)
        : certificate_(stream.certificate_name()),
          credentials_(net::credentials_of(stream.descriptor())),
          groups_(net::groups_of(stream.descriptor())) {}

    access::Evidence view() const {
        return {
            .certificate = certificate_,
            .uid = credentials_ ? &credentials_->uid : nullptr,
            .gids = groups_
        };
    }

private:
    std::string certificate_;
    std::optional<net::Credentials> credentials_;
    std::vector<std::uint32_t> groups_;
};

}  // namespace telex::server

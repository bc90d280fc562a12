#pragma once
// A network by its prefix: "10.1.0.0/16", "fd00:1::/32"; without a length, one host.
#include "base/result.hpp"
#include "net/peer.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::net {

struct Network {
    std::array<std::uint8_t, 16> address{};  // IPv4: the first four
    bool v6 = false;
    std::uint8_t prefix = 0;  // bits

    // Peers without an IP address match no network.
    bool contains(const Peer& peer) const;

    bool operator==(const Network&) const = default;
};

// The error is a phrase that follows the quoted text in a sentence.
[[nodiscard]] Result<Network, std::string> parse_network(std::string_view text);

}  // namespace telex::net

#pragma once
// A network as its prefix: "10.1.0.0/16", "fd00:1::/32"; an address without a length is one host.
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

    // Peers without an IP address are in no network.
    bool contains(const Peer& peer) const;

    bool operator==(const Network&) const = default;
};

// The error says what is wrong, to follow the quoted text in a sentence.
[[nodiscard]] Result<Network, std::string> parse_network(std::string_view text);

}  // namespace telex::net

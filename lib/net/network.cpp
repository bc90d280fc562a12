#include "net/network.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

namespace telex::net {

namespace {

constexpr std::uint8_t kIpv4Bits = 32;
constexpr std::uint8_t kIpv6Bits = 128;

// Returns whether the first `prefix` bits are equal.
bool same_prefix(
    std::span<const std::uint8_t> left, std::span<const std::uint8_t> right, unsigned prefix
) {
    const std::size_t whole = prefix / 8;
    const unsigned rest = prefix % 8;
    if (!std::equal(
            left.begin(), left.begin() + static_cast<std::ptrdiff_t>(whole), right.begin()
        )) {
        return false;
    }
    return rest == 0 || ((left[whole] ^ right[whole]) >> (8 - rest)) == 0;
}

std::optional<std::uint8_t> parse_prefix(std::string_view digits, std::uint8_t most) {
    std::uint8_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, value);
    if (parsed.ec != std::errc{} || parsed.ptr != end || value > most) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

bool Network::contains(const Peer& peer) const {
    if (const auto* v4 = std::get_if<Ipv4Peer>(&peer.address)) {
        return !v6 && same_prefix(address, v4->address, prefix);
    }
    if (const auto* with_v6 = std::get_if<Ipv6Peer>(&peer.address)) {
        return v6 && same_prefix(address, with_v6->address, prefix);
    }
    return false;
}

Result<Network, std::string> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string host(text.substr(0, slash));
    Network network;
    network.v6 = host.find(':') != std::string::npos;
    if (::inet_pton(network.v6 ? AF_INET6 : AF_INET, host.c_str(), network.address.data()) != 1) {
        return unexpected(std::string(
            "is not a network; write an address and the bits of its prefix, as in 10.1.0.0/16"
        ));
    }
    const std::uint8_t most = network.v6 ? kIpv6Bits : kIpv4Bits;
    network.prefix = most;
    if (slash != std::string_view::npos) {
        const auto prefix = parse_prefix(text.substr(slash + 1), most);
        if (!prefix) {
            return unexpected(fmt::format("needs 0 to {} bits after its '/'", most));
        }
        network.prefix = *prefix;
    }
    for (std::size_t bit = network.prefix; bit < most; ++bit) {
        if ((network.address[bit / 8] >> (7 - bit % 8) & 1U) != 0) {
            return unexpected(
                fmt::format("has bits of a host behind its prefix of {} bits", network.prefix)
            );
        }
    }
    return network;
}

}  // namespace telex::net

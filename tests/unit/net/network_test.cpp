#include "net/network.hpp"

#include "net/socket_address.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <algorithm>
#include <iterator>

namespace telex::net {
namespace {

Peer peer_at(const std::string& host) {
    Address address;
    address.transport = Transport::udp;
    address.host = host;
    address.port = 9;
    const auto resolved = resolve(address, Purpose::connect).value().at(0);
    return peer_from(resolved.get(), resolved.length);
}

bool holds(std::string_view network, const std::string& host) {
    return parse_network(network).value().contains(peer_at(host));
}

TEST(Network, MatchesItsPrefix) {
    EXPECT_TRUE(holds("10.0.0.0/8", "10.255.0.1"));
    EXPECT_FALSE(holds("10.0.0.0/8", "11.0.0.1"));
    EXPECT_TRUE(holds("10.1.16.0/20", "10.1.31.255"));
    EXPECT_FALSE(holds("10.1.16.0/20", "10.1.32.0"));
    EXPECT_TRUE(holds("192.0.2.7", "192.0.2.7"));
    EXPECT_FALSE(holds("192.0.2.7", "192.0.2.6"));
    EXPECT_TRUE(holds("192.0.2.7/32", "192.0.2.7"));
    EXPECT_TRUE(holds("0.0.0.0/0", "192.0.2.7"));
    EXPECT_TRUE(holds("fd00:1::/33", "fd00:1:7fff::1"));
    EXPECT_FALSE(holds("fd00:1::/33", "fd00:1:8000::1"));
    EXPECT_TRUE(holds("::1", "::1"));
}

TEST(Network, MatchesOneFamilyOnly) {
    EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
    EXPECT_FALSE(holds("::/0", "127.0.0.1"));
    EXPECT_FALSE(parse_network("::/0").value().contains(Peer{}));
}

TEST(Network, MatchesMappedIpv4Peers) {
    sockaddr_in6 mapped{};
    mapped.sin6_family = AF_INET6;
    const Peer v4 = peer_at("10.1.2.3");
    mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xFF;
    const std::uint8_t octets[] = {10, 1, 2, 3};
    std::copy(std::begin(octets), std::end(octets), mapped.sin6_addr.s6_addr + 12);
    const Peer peer = peer_from(reinterpret_cast<const sockaddr*>(&mapped), sizeof mapped);
    EXPECT_EQ(host_of(peer), host_of(v4));
    EXPECT_TRUE(parse_network("10.1.0.0/16").value().contains(peer));
}

TEST(Network, RejectsInvalidText) {
    for (const std::string_view text :
         {"",
          "/8",
          "10.0.0/8",
          "10.0.0.0/33",
          "10.0.0.0/",
          "10.0.0.0/-1",
          "10.0.0.0/+8",
          "::/129",
          "host/8",
          "10.0.0.0/8/8",
          "10.0.0.1/8",
          "fd00::1/64",
          "10.0.0.0/8 ",
          "[::1]/128"}) {
        EXPECT_FALSE(parse_network(text)) << text;
    }
}

}  // namespace
}  // namespace telex::net

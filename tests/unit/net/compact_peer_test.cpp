#include "net/compact_peer.hpp"

#include <gtest/gtest.h>

#include <array>

namespace telex::net {
namespace {

TEST(CompactPeer, IsThePeer) {
    const Credentials credentials{.pid = 1, .uid = 2, .gid = 3};
    const std::array<Peer, 8> peers = {{
        {Ipv4Peer{.address = {10, 0, 0, 1}, .port = 5'000}, std::nullopt},
        {Ipv6Peer{.address = {1, 2, 3}, .port = 7, .scope = 9}, std::nullopt},
        {UnixUnnamedPeer{}, std::nullopt},
        {UnixUnnamedPeer{}, credentials},
        {UnixPathPeer{"/run/x"}, credentials},
        {UnixPathPeer{"/run/x"}, std::nullopt},
        {UnixAbstractPeer{"name"}, credentials},
        {Ipv4Peer{}, credentials},
    }};
    for (const Peer& peer : peers) {
        EXPECT_EQ(CompactPeer(peer).full(), peer) << to_string(peer);
    }
}

TEST(CompactPeer, IsSmallerThanAPeer) {
    EXPECT_LE(sizeof(CompactPeer), 32U);
    EXPECT_GE(sizeof(Peer), 48U);
}

}  // namespace
}  // namespace telex::net

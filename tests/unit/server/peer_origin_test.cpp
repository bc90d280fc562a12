#include "server/listener/peer_origin.hpp"

#include "net/peer.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

TEST(PeerOrigin, IsTheNetworkOfARemotePeer) {
    for (const char* host : {"192.0.2.7", "2001:db8::7"}) {
        const PeerOrigin origin = origin_of(host);
        EXPECT_EQ(origin.network, net::network_of(host));
        EXPECT_EQ(origin.attempt_source, origin.network);
        EXPECT_FALSE(origin.network.empty());
    }
    EXPECT_EQ(origin_of("192.0.2.7").attempt_source, origin_of("192.0.2.9").attempt_source);
}

TEST(PeerOrigin, IsTheUserOfALocalPeer) {
    EXPECT_EQ(origin_of("uid-1000").attempt_source, "uid-1000");
    EXPECT_EQ(origin_of("uid-1000").network, "");
    EXPECT_EQ(origin_of("/run/claimed").attempt_source, "") << "not verified";
}

// Otherwise one process could lock out all others of the host.
TEST(PeerOrigin, OfLoopbackHasNoCommonAttempts) {
    for (const char* host : {"127.0.0.1", "127.9.9.9", "::1"}) {
        EXPECT_EQ(origin_of(host).attempt_source, "") << host;
        EXPECT_EQ(origin_of(host).network, net::network_of(host));
    }
}

}  // namespace
}  // namespace telex::server

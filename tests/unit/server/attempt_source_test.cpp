#include "server/connection/attempt_source.hpp"

#include "net/peer.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

TEST(AttemptSource, IsTheNetworkOfARemotePeer) {
    for (const char* host : {"192.0.2.7", "2001:db8::7"}) {
        EXPECT_EQ(attempt_source_of(host), net::network_of(host));
        EXPECT_FALSE(attempt_source_of(host).empty());
    }
    EXPECT_EQ(attempt_source_of("192.0.2.7"), attempt_source_of("192.0.2.9"));
}

TEST(AttemptSource, IsTheUserOfALocalPeer) {
    EXPECT_EQ(attempt_source_of("uid-1000"), "uid-1000");
    EXPECT_EQ(attempt_source_of("/run/claimed"), "") << "not verified";
}

// Otherwise one process could lock out all others of the host.
TEST(AttemptSource, OfLoopbackDependsOnTheAttempt) {
    for (const char* host : {"127.0.0.1", "127.9.9.9", "::1"}) {
        EXPECT_EQ(attempt_source_of(host), "") << host;
    }
}

}  // namespace
}  // namespace telex::server

#include "web/own_host.hpp"

#include <gtest/gtest.h>

namespace telex::web {
namespace {

TEST(HostName, IsWhatStandsBeforeThePort) {
    EXPECT_EQ(host_name("Localhost:80"), "localhost");
    EXPECT_EQ(host_name("[::1]:80"), "[::1]");
    EXPECT_EQ(host_name("[::1]"), "[::1]");
    EXPECT_EQ(host_name(""), "");
    EXPECT_EQ(host_name(":80"), "");
    EXPECT_EQ(host_name("[::1"), "[::1") << "not closed: no name that is known";
}

TEST(OwnHost, KnowsLoopbackAndItsNames) {
    const OwnHost own({"gateway.example.org"});
    for (const char* host : {"localhost", "127.0.0.1:80", "[::1]:1", "Gateway.Example.Org:443"}) {
        EXPECT_TRUE(own.knows(host)) << host;
    }
    for (const char* host : {"", "example.org", "192.168.1.1", "localhost.example.org"}) {
        EXPECT_FALSE(own.knows(host)) << host;
    }
}

TEST(OwnHost, HasPagesOfAnyPort) {
    const OwnHost own({});
    for (const char* origin : {"http://localhost", "https://127.0.0.1:8443", "http://[::1]:3000"}) {
        EXPECT_TRUE(own.is_origin(origin)) << origin;
    }
    for (const char* origin : {"null", "localhost", "http://", "file://", "http://example.org"}) {
        EXPECT_FALSE(own.is_origin(origin)) << origin;
    }
}

}  // namespace
}  // namespace telex::web

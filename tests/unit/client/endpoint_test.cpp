#include "client/endpoint.hpp"

#include <telex/options.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace telex::client {
namespace {

TEST(Endpoint, StreamAddressesAreTaken) {
    const auto endpoints = parse_servers({"tcp://[::1]:4650", "unix:///run/t.sock", "unix:@name"});
    ASSERT_TRUE(endpoints);
    ASSERT_EQ(endpoints->size(), 3U);
    EXPECT_EQ((*endpoints)[0].address.host, "::1");
    EXPECT_EQ((*endpoints)[1].address.path, "/run/t.sock");
    EXPECT_TRUE((*endpoints)[2].address.abstract);
}

TEST(Endpoint, TlsIsTcpWithAMark) {
    const auto endpoints = parse_servers({"tls://localhost:4650", "tcp://localhost:4650"});
    ASSERT_TRUE(endpoints);
    EXPECT_TRUE((*endpoints)[0].tls);
    EXPECT_FALSE((*endpoints)[1].tls);
    EXPECT_EQ((*endpoints)[0].address, (*endpoints)[1].address);
}

TEST(Endpoint, OthersAreInvalidArguments) {
    for (const char* url :
         {"udp://127.0.0.1:1",
          "unix-dgram:///a",
          "systemd:x",
          "tcp://*:4650",
          "tcp://a:0",
          "tls://a",
          "tls://unix:///a",
          "localhost",
          ""}) {
        const auto endpoints = parse_servers({url});
        ASSERT_FALSE(endpoints) << url;
        EXPECT_EQ(endpoints.error().code, Errc::invalid_argument);
        EXPECT_THAT(endpoints.error().text, testing::StartsWith(url));
    }
}

TEST(Endpoint, SchemesThatAClientHasAreNamed) {
    for (const char* url : {"localhost:4650", "tlss://a:1", "https://a:1", "udp://127.0.0.1:1"}) {
        const auto endpoints = parse_servers({url});
        ASSERT_FALSE(endpoints) << url;
        EXPECT_THAT(endpoints.error().text, testing::HasSubstr("tls://HOST:PORT")) << url;
        EXPECT_THAT(endpoints.error().text, testing::Not(testing::HasSubstr("systemd"))) << url;
    }
}

TEST(Endpoint, DefaultServersAreTheUnixSocketsThenTcp) {
    ASSERT_EQ(::setenv("RUNTIME_DIRECTORY", "/run/one", 1), 0);
    ASSERT_EQ(::setenv("XDG_RUNTIME_DIR", "/run/user/9", 1), 0);
    auto servers = default_servers();
    ASSERT_EQ(servers.size(), 4U);
    EXPECT_EQ(servers[0], "unix:///run/one/telex.sock");
    EXPECT_EQ(servers[1], "unix:///run/user/9/telex/telex.sock");
    EXPECT_THAT(servers[2], testing::MatchesRegex("unix:///tmp/telex-[0-9]+/telex.sock"));
    EXPECT_EQ(servers[3], "tcp://127.0.0.1:4650");
    ASSERT_EQ(::unsetenv("RUNTIME_DIRECTORY"), 0);
    ASSERT_EQ(::unsetenv("XDG_RUNTIME_DIR"), 0);
    EXPECT_EQ(default_servers().size(), 2U);
}

}  // namespace
}  // namespace telex::client

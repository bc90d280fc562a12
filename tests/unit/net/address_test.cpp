#include "net/address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace telex::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(UserInfo, IsInAddressesOfHostsOnly) {
    for (const char* text :
         {"u:SECRET@h",
          "SECRET@h:1",
          "tcp://u:SECRET@h:1",
          "udp://SECRET@h:1",
          "tls://u:SECRET@h:1",
          "https://u:SECRET@h",
          "unix:SECRET@h",
          "unixes:SECRET@h:1"}) {
        EXPECT_TRUE(has_user_info(text)) << text;
        const auto parsed = parse_address(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_THAT(parsed.error(), Not(HasSubstr("SECRET")));
    }
    for (const char* text :
         {"/run/a@b", "unix:@name", "unix:///run/a@b", "unix-dgram:@a", "tcp://h:1"}) {
        EXPECT_FALSE(has_user_info(text)) << text;
    }
}

class RoundTrip : public ::testing::TestWithParam<const char*> {};

TEST_P(RoundTrip, WritesWhatWasRead) {
    const auto parsed = parse_address(GetParam());
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(to_string(*parsed), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Address,
    RoundTrip,
    ::testing::Values(
        "tcp://127.0.0.1:4650",
        "tcp://localhost:0",
        "tcp://[::1]:65535",
        "tcp://[fe80::1%eth0]:1",
        "tcp://*:4650",
        "udp://example.org:4652",
        "udp://[::]:0",
        "unix:///run/telex/telex.sock",
        "unix-seqpacket:///run/x",
        "unix-dgram:///run/x",
        "unix:@telex",
        "unix-seqpacket:@telex/a b",
        "unix-dgram:@1",
        "systemd:telex-native"
    )
);

struct Refusal {
    const char* text;
    const char* reason;
};

class Refused : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refused, NamesTheAllowedForms) {
    const auto parsed = parse_address(GetParam().text);
    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error(), HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Address,
    Refused,
    ::testing::Values(
        Refusal{"", "write tcp://HOST:PORT"},
        Refusal{"127.0.0.1:4650", "write tcp://HOST:PORT"},
        Refusal{"http://x:1", "unix-dgram:///PATH"},
        Refusal{"TCP://x:1", "write tcp://HOST:PORT"},
        Refusal{"tcp:x:1", "write tcp://HOST:PORT"},
        Refusal{"tcp://x", "port is missing"},
        Refusal{"tcp://[::1]", "port is missing"},
        Refusal{"tcp://:1", "write * for every address"},
        Refusal{"tcp://::1:1", "brackets"},
        Refusal{"tcp://[::1:1", "brackets"},
        Refusal{"tcp://[127.0.0.1]:1", "not an IPv6 address"},
        Refusal{"tcp://[fe80::1%]:1", "not an IPv6 address"},
        Refusal{"tcp://[::1]x:1", "not an IPv6 address"},
        Refusal{"tcp://127.0.1:1", "not an IPv4 address"},
        Refusal{"tcp://256.0.0.1:1", "not an IPv4 address"},
        Refusal{"tcp://0x7f.1:1", "not a"},
        Refusal{"tcp://a b:1", "not a host name"},
        Refusal{"tcp://-a:1", "not a host name"},
        Refusal{"tcp://a..b:1", "not a host name"},
        Refusal{"tcp://user@host:1", "an '@'"},
        Refusal{"tcp://x:", "not a port"},
        Refusal{"tcp://x:65536", "0 to 65535"},
        Refusal{"tcp://x:-1", "not a port"},
        Refusal{"tcp://x:+1", "not a port"},
        Refusal{"tcp://x:01", "not a port"},
        Refusal{"tcp://x:1/", "ends the address"},
        Refusal{"tcp://x:999999999999", "not a port"},
        Refusal{"unix://run/x", "three slashes"},
        Refusal{"unix:/run/x", "three slashes"},
        Refusal{"unix:", "three slashes"},
        Refusal{"unix:///", "needs a name"},
        Refusal{"unix:///run/", "needs a name"},
        Refusal{"unix:@", "needs a name"},
        Refusal{"unix:///run/a\nb", "control characters"},
        Refusal{"systemd:", "FileDescriptorName="},
        Refusal{"systemd:a:b", "FileDescriptorName="},
        Refusal{"systemd:a b", "FileDescriptorName="}
    )
);

TEST(Address, NamesTheLimitOfUnixPaths) {
    const std::string fits = "/" + std::string(kMaxUnixPath - 1, 'a');
    EXPECT_TRUE(parse_address("unix://" + fits));
    for (const std::size_t excess : {1U, 2U, 94U}) {
        const auto parsed = parse_address("unix://" + fits + std::string(excess, 'a'));
        ASSERT_FALSE(parsed);
        EXPECT_THAT(parsed.error(), HasSubstr("limit is 107 bytes"));
    }
    EXPECT_TRUE(parse_address("unix:@" + std::string(107, 'a')));
    EXPECT_FALSE(parse_address("unix:@" + std::string(108, 'a')));
}

TEST(Address, NamesTheLimitOfDescriptorNames) {
    EXPECT_TRUE(parse_address("systemd:" + std::string(255, 'a')));
    EXPECT_FALSE(parse_address("systemd:" + std::string(256, 'a')));
}

TEST(Address, EqualAddressesCompareEqualInEverySpelling) {
    EXPECT_EQ(*parse_address("tcp://LocalHost:1"), *parse_address("tcp://localhost:1"));
    EXPECT_EQ(*parse_address("tcp://[0:0:0::0001]:1"), *parse_address("tcp://[::1]:1"));
    EXPECT_NE(*parse_address("tcp://[::1]:1"), *parse_address("udp://[::1]:1"));
    EXPECT_NE(*parse_address("unix:@/a"), *parse_address("unix:///a"));
}

TEST(Address, ErrorsNeverCarryControlCharacters) {
    const auto parsed = parse_address("tcp://\x1b[31m:1");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().find('\x1b'), std::string::npos);
    EXPECT_THAT(parsed.error(), HasSubstr("\\x1b"));
}

TEST(Address, RefusesNulInsidePaths) {
    using namespace std::string_view_literals;
    EXPECT_FALSE(parse_address("unix:///run/a\0b"sv));
    EXPECT_FALSE(parse_address("unix:@a\0b"sv));
}

}  // namespace
}  // namespace telex::net

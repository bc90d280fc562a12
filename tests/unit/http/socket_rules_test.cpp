#include "http/socket_rules.hpp"

#include "net/socket_address.hpp"
#include "unit/net/net_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::http {
namespace {

using net::testing::address;
using net::testing::listening;
using ::testing::HasSubstr;
using ::testing::Optional;

std::optional<std::string> fault_at(const std::string& where) {
    const auto sockets = listening(address(where));
    return sockets.empty() ? "not open" : fault_of(sockets.front());
}

TEST(SocketRules, ThisHostIsServed) {
    const net::testing::TemporaryDirectory folder;
    for (const std::string& where :
         {std::string("tcp://127.0.0.1:0"),
          std::string("tcp://127.0.0.2:0"),
          "unix://" + folder.file("http.sock")}) {
        EXPECT_EQ(fault_at(where), std::nullopt) << where;
    }
}

TEST(SocketRules, Ipv6HasOneLoopbackAddress) {
    const auto socket = net::listen_on(address("tcp://[::1]:0"), {}, 1);
    if (!socket) {
        GTEST_SKIP() << "no IPv6 here: " << socket.error().what;
    }
    EXPECT_EQ(fault_of(socket->front()), std::nullopt);
    EXPECT_THAT(fault_at("tcp://[::]:0"), Optional(HasSubstr("this host only")));
}

TEST(SocketRules, OtherHostsAreNot) {
    for (const char* where : {"tcp://0.0.0.0:0", "tcp://*:0"}) {
        EXPECT_THAT(fault_at(where), Optional(HasSubstr("this host only"))) << where;
    }
}

TEST(SocketRules, OnlyStreamsAre) {
    const net::testing::TemporaryDirectory folder;
    for (const std::string& where :
         {std::string("udp://127.0.0.1:0"),
          "unix-dgram://" + folder.file("datagrams"),
          "unix-seqpacket://" + folder.file("packets")}) {
        EXPECT_THAT(fault_at(where), Optional(HasSubstr("stream socket"))) << where;
    }
}

TEST(SocketRules, AUnixSocketHasAFile) {
    EXPECT_THAT(
        fault_at("unix:@telex-http-test-" + std::to_string(::getpid())),
        Optional(HasSubstr("no file"))
    );
}

TEST(SocketRules, ASocketListens) {
    net::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const net::Bound socket{std::move(fd), address("tcp://127.0.0.1:4680"), 0, std::nullopt};
    EXPECT_THAT(fault_of(socket), Optional(HasSubstr("does not listen")));
}

}  // namespace
}  // namespace telex::http

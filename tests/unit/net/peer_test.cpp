#include "net/peer.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace telex::net {
namespace {

constexpr Credentials kSomebody{42, 1'000, 100};

Peer ipv4(const char* host, std::uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    EXPECT_EQ(::inet_pton(AF_INET, host, &in.sin_addr), 1);
    return peer_from(reinterpret_cast<const sockaddr*>(&in), sizeof in);
}

Peer ipv6(const char* host, std::uint16_t port, std::uint32_t scope = 0) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    in.sin6_scope_id = scope;
    EXPECT_EQ(::inet_pton(AF_INET6, host, &in.sin6_addr), 1);
    return peer_from(reinterpret_cast<const sockaddr*>(&in), sizeof in);
}

// `name` as it stands in sun_path.
Peer local(std::string_view name, std::optional<Credentials> credentials = std::nullopt) {
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    std::memcpy(un.sun_path, name.data(), name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    return peer_from(reinterpret_cast<const sockaddr*>(&un), length, credentials);
}

using namespace std::string_view_literals;

TEST(Peer, EachKindHasOneNotation) {
    EXPECT_EQ(to_string(ipv4("127.0.0.1", 53'412)), "127.0.0.1:53412");
    EXPECT_EQ(to_string(ipv6("::1", 4)), "[::1]:4");
    EXPECT_EQ(to_string(ipv6("fe80::1", 4, 2)), "[fe80::1%2]:4");
    EXPECT_EQ(to_string(local("/run/x\0"sv, kSomebody)), "unix:/run/x");
    EXPECT_EQ(to_string(local("\0name"sv)), "unix:@name");
    EXPECT_EQ(to_string(local("", kSomebody)), "unix uid=1000 pid=42");
    EXPECT_EQ(to_string(local("")), "unix");
    EXPECT_EQ(to_string(peer_from(nullptr, 0)), "unix");
}

TEST(Peer, HostHasNoPort) {
    EXPECT_EQ(host_of(ipv4("10.0.0.255", 1)), "10.0.0.255");
    EXPECT_EQ(host_of(ipv6("2001:db8::1", 1)), "2001:db8::1");
    EXPECT_EQ(host_of(local("/run/x\0"sv)), "/run/x");
    EXPECT_EQ(host_of(local("\0name"sv)), "@name");
    EXPECT_EQ(host_of(local("")), "unix");
}

TEST(Peer, HostPrefersVerifiedCredentials) {
    EXPECT_EQ(host_of(local("/run/uid-0\0"sv, kSomebody)), "uid-1000");
    EXPECT_EQ(host_of(local("\0uid-0"sv, kSomebody)), "uid-1000");
}

TEST(Peer, PortIsEmptyForUnixSockets) {
    EXPECT_EQ(port_of(ipv4("127.0.0.1", 80)), "80");
    EXPECT_EQ(port_of(ipv6("::1", 81)), "81");
    EXPECT_EQ(port_of(local("/run/x")), "");
}

TEST(Peer, MappedIpv4IsIpv4) {
    EXPECT_EQ(ipv6("::ffff:192.0.2.7", 9), ipv4("192.0.2.7", 9));
}

TEST(Peer, EscapesNamesOfPeers) {
    EXPECT_EQ(to_string(local("\0a\nb\x1b[0m\\\xff"sv)), "unix:@a\\x0ab\\x1b[0m\\\\xff");
    EXPECT_EQ(to_string(local("\0\0\0"sv)), "unix:@\\x00\\x00");
    EXPECT_EQ(host_of(local("/a\nb"sv)), "/a\\x0ab");
}

TEST(Peer, FullLengthPathNeedsNoNul) {
    const std::string path = "/" + std::string(107, 'a');
    EXPECT_EQ(to_string(local(path)), "unix:" + path);
}

TEST(Peer, ShortOrUnknownAddressesGiveAnUnnamedPeer) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    const auto* address = reinterpret_cast<const sockaddr*>(&in);
    EXPECT_EQ(peer_from(address, sizeof(sa_family_t)), Peer{});
    in.sin_family = AF_PACKET;
    EXPECT_EQ(peer_from(address, sizeof in), Peer{});
}

TEST(Peer, SocketPairKnowsItsProcess) {
    int pair[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    const auto peer = peer_of(pair[0]);
    ::close(pair[0]);
    ::close(pair[1]);
    ASSERT_TRUE(peer) << peer.error().what;
    EXPECT_EQ(peer->address, decltype(peer->address)(UnixUnnamedPeer{}));
    EXPECT_EQ(peer->credentials, (Credentials{::getpid(), ::getuid(), ::getgid()}));
}

TEST(Peer, SocketPairKnowsTheGroupsOfItsProcess) {
    int pair[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    std::vector<gid_t> own(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
    ASSERT_EQ(::getgroups(static_cast<int>(own.size()), own.data()), own.size());
    own.push_back(::getgid());
    const std::vector<gid_t> groups = groups_of(pair[0]);
    ::close(pair[0]);
    ::close(pair[1]);
    EXPECT_THAT(groups, ::testing::UnorderedElementsAreArray(own));
    const int tcp = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_THAT(groups_of(tcp), ::testing::IsEmpty());
    ::close(tcp);
}

TEST(Peer, UnconnectedSocketHasNone) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto peer = peer_of(fd);
    EXPECT_EQ(credentials_of(fd), std::nullopt);
    ::close(fd);
    ASSERT_FALSE(peer);
    EXPECT_EQ(peer.error().code, ENOTCONN);
    EXPECT_EQ(peer.error().what, "getpeername: Transport endpoint is not connected");
}

}  // namespace
}  // namespace telex::net

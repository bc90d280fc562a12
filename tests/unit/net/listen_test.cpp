#include "net/listen.hpp"

#include "net/accept.hpp"
#include "net/dial.hpp"
#include "net/stream_io.hpp"
#include "unit/net/net_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <algorithm>
#include <set>

namespace telex::net {
namespace {

using testing::address;
using ::testing::HasSubstr;
using testing::listening;
using ::testing::StartsWith;

// Connects through `to` and is accepted by `listener`; returns the peer as the listener sees it.
std::optional<Peer> accepted_peer(const Bound& listener, const Address& to) {
    const auto client = dial(to, kPatience);
    if (!client || !testing::readable(listener.fd.get())) {
        return std::nullopt;
    }
    auto accepted = accept_one(listener.fd.get());
    return accepted ? std::optional(accepted->peer) : std::nullopt;
}

TEST(Listen, Ipv4GetsARealPort) {
    const auto bound = listening(address("tcp://127.0.0.1:0"));
    ASSERT_EQ(bound.size(), 1U);
    EXPECT_NE(bound[0].actual.port, 0);
    EXPECT_EQ(bound[0].actual.host, "127.0.0.1");
    const auto peer = accepted_peer(bound[0], bound[0].actual);
    ASSERT_TRUE(peer);
    EXPECT_THAT(to_string(*peer), StartsWith("127.0.0.1:"));
}

TEST(Listen, Ipv6Works) {
    const auto bound = listening(address("tcp://[::1]:0"));
    ASSERT_EQ(bound.size(), 1U);
    const auto peer = accepted_peer(bound[0], bound[0].actual);
    ASSERT_TRUE(peer);
    EXPECT_THAT(to_string(*peer), StartsWith("[::1]:"));
}

TEST(Listen, StarServesBothFamiliesOnOneSocket) {
    const auto bound = listening(address("tcp://*:0"));
    ASSERT_EQ(bound.size(), 1U);
    EXPECT_EQ(bound[0].actual.host, "*");
    Address to = bound[0].actual;
    to.host = "127.0.0.1";
    auto peer = accepted_peer(bound[0], to);
    ASSERT_TRUE(peer);
    EXPECT_EQ(host_of(*peer), "127.0.0.1");
    to.host = "::1";
    peer = accepted_peer(bound[0], to);
    ASSERT_TRUE(peer);
    EXPECT_EQ(host_of(*peer), "::1");
}

TEST(Listen, Ipv6AnyLeavesIpv4AloneUnlessAsked) {
    // Another process may own the same port of IPv4, so one of several ports must do.
    bool free = false;
    for (int attempt = 0; attempt < 20 && !free; ++attempt) {
        const auto v6 = listening(address("tcp://[::]:0"));
        ASSERT_EQ(v6.size(), 1U);
        Address v4 = v6[0].actual;
        EXPECT_EQ(v4.host, "::");
        v4.host = "0.0.0.0";
        free = listen_on(v4, {}, 1).has_value();
    }
    EXPECT_TRUE(free);
}

TEST(Listen, Ipv6AnyServesIpv4IfAsked) {
    ListenOptions both;
    both.ipv6_only = false;
    const auto dual = listening(address("tcp://[::]:0"), both);
    ASSERT_EQ(dual.size(), 1U);
    EXPECT_EQ(dual[0].actual.host, "*");
}

TEST(Listen, NameServesEveryAddressOnOnePort) {
    const auto bound = listening(address("tcp://localhost:0"), {}, 2);
    ASSERT_GE(bound.size(), 2U);
    std::set<std::string> hosts;
    for (const Bound& one : bound) {
        EXPECT_EQ(one.actual.port, bound[0].actual.port);
        hosts.insert(one.actual.host);
    }
    EXPECT_EQ(bound.size(), hosts.size() * 2);
    EXPECT_TRUE(hosts.contains("127.0.0.1") || hosts.contains("::1"));
}

TEST(Listen, UnknownNameIsAnErrorWithTheAddress) {
    // A label of 64 letters is invalid: the resolver fails without a query.
    const std::string text = "tcp://" + std::string(64, 'a') + ":1";
    const auto bound = listen_on(address(text), {}, 1);
    ASSERT_FALSE(bound);
    EXPECT_THAT(bound.error().what, HasSubstr("look up " + text));
}

TEST(Listen, EverySocketIsNonBlockingAndClosedOnExec) {
    const testing::TemporaryDirectory directory;
    for (const std::string& text :
         {std::string("tcp://127.0.0.1:0"),
          std::string("udp://127.0.0.1:0"),
          "unix://" + directory.file("a"),
          "unix-seqpacket://" + directory.file("b"),
          "unix-dgram://" + directory.file("c")}) {
        const auto bound = listening(address(text));
        ASSERT_EQ(bound.size(), 1U) << text;
        EXPECT_TRUE(testing::has_cloexec(bound[0].fd.get())) << text;
        EXPECT_TRUE(testing::is_nonblocking(bound[0].fd.get())) << text;
    }
}

TEST(Listen, ReactorsShareOnePort) {
    for (const char* text : {"tcp://127.0.0.1:0", "udp://127.0.0.1:0"}) {
        const auto bound = listening(address(text), {}, 4);
        ASSERT_EQ(bound.size(), 4U);
        for (unsigned slot = 0; slot < 4; ++slot) {
            EXPECT_EQ(bound[slot].slot, slot);
            EXPECT_EQ(bound[slot].actual, bound[0].actual);
        }
    }
}

TEST(Listen, ReusePortCanBeSwitchedOff) {
    ListenOptions options;
    options.reuse_port = false;
    EXPECT_EQ(listening(address("tcp://127.0.0.1:0"), options, 4).size(), 1U);
}

// Every sibling is reachable, the first included, which joined the group only after it listened.
TEST(Listen, KernelSpreadsConnectionsOverAllSiblings) {
    const auto bound = listening(address("tcp://127.0.0.1:0"), {}, 2);
    ASSERT_EQ(bound.size(), 2U);
    std::set<unsigned> reached;
    std::vector<UniqueFd> clients;
    // The chance that 256 connections all miss one of two siblings is 2^-255.
    for (int i = 0; i < 256 && reached.size() < 2; ++i) {
        auto client = dial(bound[0].actual, kPatience);
        ASSERT_TRUE(client) << client.error().what;
        clients.push_back(*std::move(client));
        for (const Bound& one : bound) {
            if (accept_one(one.fd.get())) {
                reached.insert(one.slot);
            }
        }
    }
    EXPECT_EQ(reached.size(), 2U);
}

TEST(Listen, DatagramsReachAllSiblings) {
    const auto bound = listening(address("udp://127.0.0.1:0"), {}, 2);
    ASSERT_EQ(bound.size(), 2U);
    std::set<unsigned> reached;
    for (int i = 0; i < 256 && reached.size() < 2; ++i) {
        const auto client = dial(bound[0].actual, kPatience);
        ASSERT_TRUE(client);
        ASSERT_EQ(::send(client->get(), "x", 1, 0), 1);
        for (const Bound& one : bound) {
            char byte = 0;
            if (recv_some(one.fd.get(), {&byte, 1}).status == IoStatus::done) {
                reached.insert(one.slot);
            }
        }
    }
    EXPECT_EQ(reached.size(), 2U);
}

TEST(Listen, RejectsASharedPortOfAnotherProcess) {
    for (const char* text : {"tcp://127.0.0.1:0", "udp://127.0.0.1:0"}) {
        const auto first = listening(address(text), {}, 2);
        ASSERT_EQ(first.size(), 2U);
        for (const unsigned count : {1U, 2U}) {
            const auto second = listen_on(first[0].actual, {}, count);
            ASSERT_FALSE(second) << text;
            EXPECT_EQ(second.error().code, EADDRINUSE);
            EXPECT_EQ(
                second.error().what,
                "listen on " + to_string(first[0].actual) + ": bind: Address already in use"
            );
        }
    }
}

TEST(Listen, PortIsFreeAgainAfterAConnectionWasClosedByUs) {
    auto first = listening(address("tcp://127.0.0.1:0"));
    const Address where = first.at(0).actual;
    const auto client = dial(where, kPatience);
    ASSERT_TRUE(client);
    ASSERT_TRUE(testing::readable(first[0].fd.get()));
    ASSERT_TRUE(accept_one(first[0].fd.get()));  // closed at once: TIME_WAIT is ours
    first.clear();
    EXPECT_EQ(listening(where).size(), 1U);
}

// Addresses that the host does not have: 192.0.2.0/24 and 2001:db8::/32 are reserved for
// documentation.
TEST(Listen, BindsAnAddressThatTheHostLacks) {
    for (const char* const text :
         {"tcp://192.0.2.1:0", "udp://192.0.2.1:0", "tcp://[2001:db8::1]:0", "udp://[2001:db8::1]:0"
         }) {
        const auto bound = listening(address(text), {}, 2);
        ASSERT_EQ(bound.size(), 2U) << text;
        EXPECT_NE(bound[0].actual.port, 0) << text;
        EXPECT_EQ(bound[1].actual, bound[0].actual) << text;
        EXPECT_TRUE(bound[0].is_address_missing && bound[1].is_address_missing) << text;
    }
    EXPECT_FALSE(listening(address("tcp://127.0.0.1:0"))[0].is_address_missing);
}

TEST(Listen, AbstractNameNeedsNoFileAndIsExclusive) {
    const std::string name = "telex-net-test-" + std::to_string(::getpid());
    for (const char* scheme : {"unix:@", "unix-seqpacket:@", "unix-dgram:@"}) {
        const auto bound = listening(address(scheme + name), {}, 4);
        ASSERT_EQ(bound.size(), 1U);
        EXPECT_FALSE(bound[0].guard);
        EXPECT_TRUE(dial(bound[0].actual, kPatience));
        const auto second = listen_on(bound[0].actual, {}, 1);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, EADDRINUSE);
    }
}

TEST(Listen, BufferSizesReachTheSocket) {
    ListenOptions options;
    options.receive_buffer = 65'536;
    const auto bound = listening(address("udp://127.0.0.1:0"), options);
    int size = 0;
    socklen_t length = sizeof size;
    ASSERT_EQ(::getsockopt(bound.at(0).fd.get(), SOL_SOCKET, SO_RCVBUF, &size, &length), 0);
    EXPECT_EQ(size, 131'072);
}

TEST(Listen, RejectsInvalidOptions) {
    ListenOptions no_backlog;
    no_backlog.backlog = 0;
    EXPECT_EQ(listen_on(address("tcp://127.0.0.1:0"), no_backlog, 1).error().code, EINVAL);
    EXPECT_EQ(listen_on(address("tcp://127.0.0.1:0"), {}, 0).error().code, EINVAL);
    EXPECT_EQ(listen_on(address("systemd:x"), {}, 1).error().code, EINVAL);
}

TEST(Listen, FailureLeaksNoDescriptor) {
    const auto first = listening(address("tcp://127.0.0.1:0"));
    const std::size_t before = testing::open_descriptors();
    EXPECT_FALSE(listen_on(first.at(0).actual, {}, 4));
    EXPECT_EQ(testing::open_descriptors(), before);
}

}  // namespace
}  // namespace telex::net

// A slice ends by the work that it causes: counts of messages and turns, never times.
#include "codec/framing.hpp"
#include "exchange/forward_work.hpp"
#include "reactor/ready_queue.hpp"
#include "support/memory_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace telex::server {
namespace {

using telex::testing::MemoryServer;
using telex::testing::MemoryTelex;

constexpr std::uint64_t kFanOut = 2'000;
// The minimum work of a message with that fan-out.
constexpr std::uint64_t kFanOutWork = kFanOut * reactor::work::kDelivery;

// Subscribes to one subject very often.
void subscribe_often(MemoryTelex& client, const std::string& subject) {
    std::string all;
    for (std::uint64_t id = 1; id <= kFanOut; ++id) {
        all += MemoryTelex::framed(testing::subscribe(id, subject));
    }
    client.stream().send(all);
    for (std::uint64_t id = 1; id <= kFanOut; ++id) {
        ASSERT_EQ(client.next(), "subscribed " + std::to_string(id));
    }
}

std::string publications(const std::string& subject, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) {
        all += MemoryTelex::framed(testing::publish(subject, "x"));
    }
    return all;
}

// A message with thousands of subscribers is not one frame of two thousand.
TEST(ConnectionWork, LetsANeighbourPassAfterASliceOfDeliveries) {
    constexpr int kMessages = 60;
    MemoryServer server(1);
    MemoryTelex crowd(server.connect());
    MemoryTelex busy(server.connect());
    MemoryTelex other(server.connect());
    MemoryTelex observer(server.connect());
    for (MemoryTelex* client : {&crowd, &busy, &other, &observer}) {
        client->open();
    }
    subscribe_often(crowd, "all");
    observer.send(testing::subscribe(1, "all"));
    ASSERT_EQ(observer.next(), "subscribed 1");
    observer.send(testing::subscribe(2, "other"));
    ASSERT_EQ(observer.next(), "subscribed 2");
    server.at(0, [&] {  // both come while the reactor does something else
        busy.stream().send(publications("all", kMessages));
        other.send(testing::publish("other", "x"));
    });
    std::uint64_t before = 0;
    int all = 0;
    for (std::string next = observer.next(); next != "delivery 2 x"; next = observer.next()) {
        ++before;
        ++all;
    }
    // At most one slice of the busy one.
    EXPECT_LE(before, reactor::ReadyQueue::kMaxShare / kFanOutWork + 1);
    for (; all < kMessages; ++all) {
        EXPECT_EQ(observer.next(), "delivery 1 x");
    }
    const auto stats = server.stats();
    EXPECT_LE(
        stats.reactors(0).largest_slice(),
        reactor::ReadyQueue::kMaxShare + reactor::ReadyQueue::kSlice
    );
}

// A message with more subscribers than fit into a slice takes several. The next message of its
// publisher comes after it.
TEST(ConnectionWork, DividesAMessageThatExceedsTheSlice) {
    MemoryServer server(1);
    std::vector<MemoryTelex> crowd;
    constexpr std::uint64_t kClients = 4;
    for (std::uint64_t i = 0; i < kClients; ++i) {
        crowd.emplace_back(server.connect());
        crowd.back().open();
        subscribe_often(crowd.back(), "all");
    }
    MemoryTelex busy(server.connect());
    busy.open();
    std::string messages;
    for (int i = 1; i <= 3; ++i) {
        messages += MemoryTelex::framed(testing::publish("all", std::to_string(i)));
    }
    busy.stream().send(messages + MemoryTelex::framed(testing::flush(7)));
    for (MemoryTelex& client : crowd) {
        for (std::uint64_t i = 0; i < 3 * kFanOut; ++i) {
            const std::string next = client.next();
            ASSERT_EQ(next.substr(0, 8), "delivery");
            ASSERT_EQ(next.substr(next.rfind(' ') + 1), std::to_string(1 + i / kFanOut));
        }
    }
    EXPECT_EQ(busy.next(), "flushed 7");
    const auto stats = server.stats();
    EXPECT_LE(
        stats.reactors(0).largest_slice(),
        reactor::ReadyQueue::kMaxShare + reactor::ReadyQueue::kSlice
    );
    EXPECT_EQ(stats.reactors(0).overdrafts(), 0U);
}

// Messages of another reactor are done in slices, too: the batch goes on in the next turn.
TEST(ConnectionWork, DividesForwardedMessagesAmongTurns) {
    constexpr int kMessages = 60;
    MemoryServer server(2);
    MemoryTelex crowd(server.connect());  // on reactor 0
    MemoryTelex busy(server.connect());   // on reactor 1
    crowd.open();
    busy.open();
    subscribe_often(crowd, "all");
    const std::uint64_t turns = server.stats().reactors(0).turns();
    busy.stream().send(publications("all", kMessages) + MemoryTelex::framed(testing::flush(7)));
    EXPECT_EQ(busy.next(), "flushed 7");
    const auto stats = server.stats();
    EXPECT_EQ(stats.delivered_messages() + stats.queued_messages(), kFanOut * kMessages);
    EXPECT_GE(
        stats.reactors(0).turns() - turns,
        kMessages * kFanOutWork / (reactor::ReadyQueue::kMaxShare + kFanOutWork)
    );
}

TEST(ConnectionWork, CountsForwardedMessagesForMembersOfGroups) {
    constexpr int kMessages = 20;
    constexpr std::uint64_t kGroups = 500;
    MemoryServer server(2);
    MemoryTelex members(server.connect());  // on reactor 0
    MemoryTelex busy(server.connect());     // on reactor 1
    members.open();
    busy.open();
    std::string all;
    for (std::uint64_t id = 1; id <= kGroups; ++id) {
        v1::Frame frame = testing::subscribe(id, "all");
        frame.mutable_subscribe()->set_queue_group("group-" + std::to_string(id));
        all += MemoryTelex::framed(frame);
    }
    members.stream().send(all);
    for (std::uint64_t id = 1; id <= kGroups; ++id) {
        ASSERT_EQ(members.next(), "subscribed " + std::to_string(id));
    }
    const std::uint64_t before = server.stats().reactors(0).work();
    busy.stream().send(publications("all", kMessages) + MemoryTelex::framed(testing::flush(7)));
    EXPECT_EQ(busy.next(), "flushed 7");
    const auto stats = server.stats();
    EXPECT_EQ(stats.delivered_messages(), kGroups * kMessages);
    EXPECT_GE(stats.reactors(0).work() - before, kMessages * kGroups * exchange::kReceivedMember);
}

// Frames that are refused are expensive.
TEST(ConnectionWork, CountsRefusals) {
    constexpr std::uint64_t kFrames = 200;
    MemoryServer server(1);
    MemoryTelex busy(server.connect());
    busy.open();
    const std::uint64_t before = server.stats().reactors(0).work();
    busy.stream().send(publications("no..subject", kFrames));
    for (std::uint64_t i = 0; i < kFrames; ++i) {
        EXPECT_EQ(busy.next(), "error BAD_SUBJECT");
    }
    const auto row = server.stats().reactors(0);
    EXPECT_GE(row.work() - before, kFrames * reactor::work::kRefusal);
    EXPECT_LE(row.largest_slice(), reactor::ReadyQueue::kMaxShare + 2 * reactor::work::kRefusal);
}

// A client may not have filters that make a match visit nodes without limit.
TEST(ConnectionWork, BoundsWhatTheFiltersOfAClientCostOthers) {
    constexpr std::uint64_t kTokens = 13;
    ListenerOptions options;
    MemoryServer server(1, options);
    MemoryTelex hostile(server.connect());
    MemoryTelex other(server.connect());
    hostile.open();
    other.open();
    const auto filter = [](std::uint64_t stars) {
        std::string text;
        for (std::uint64_t token = 0; token < kTokens; ++token) {
            text += (stars >> token & 1U) != 0 ? "*." : "a.";
        }
        return text + "end";
    };
    std::uint64_t taken = 0;
    std::uint64_t refused = 0;
    for (std::uint64_t stars = 0; stars < 1'000; ++stars) {
        hostile.send(testing::subscribe(stars + 1, filter(stars)));
        const std::string said = hostile.next();
        taken += said.starts_with("subscribed") ? 1 : 0;
        refused += said == "error TOO_MANY_SUBSCRIPTIONS" ? 1 : 0;
    }
    EXPECT_EQ(taken, options.session.max_wildcard_patterns + 1U) << "one has no wildcard";
    EXPECT_EQ(taken + refused, 1'000U);
    std::string subject;
    for (std::uint64_t token = 0; token < kTokens; ++token) {
        subject += "a.";
    }
    constexpr std::uint64_t kMessages = 100;
    const std::uint64_t before = server.stats().reactors(0).work();
    for (std::uint64_t i = 0; i < kMessages; ++i) {
        other.send(testing::publish(subject + std::to_string(i), "x"));
    }
    other.send(testing::ping(1));
    EXPECT_EQ(other.next(), "pong 1");
    const std::uint64_t most_nodes = (kTokens + 1) * (options.session.max_wildcard_patterns + 1);
    EXPECT_LE(
        server.stats().reactors(0).work() - before,
        (kMessages + 10) * (most_nodes * reactor::work::kNode + 10 * reactor::work::kFrame)
    );
    // Subscriptions that have ended count no more.
    for (std::uint64_t stars = 1; stars <= options.session.max_wildcard_patterns; ++stars) {
        hostile.send(testing::unsubscribe(stars + 1));
        EXPECT_TRUE(hostile.next().starts_with("unsubscribed"));
    }
    hostile.send(testing::subscribe(5'000, filter(999)));
    EXPECT_EQ(hostile.next(), "subscribed 5000");
}

// A line costs far more than a native frame, whether it is accepted or refused.
TEST(ConnectionWork, CountsLinesOfJson) {
    constexpr std::size_t kLines = 400;
    constexpr std::uint64_t kLineWork = 1'000;
    ListenerOptions options;
    options.protocol = "json";
    options.framing = *codec::parse_preset("lines");
    MemoryServer server(1, options);
    testing::MemoryClient client = server.connect();
    const std::uint64_t before = server.stats().reactors(0).work();
    std::string lines;
    for (std::size_t i = 0; i < kLines; i += 2) {
        lines += "no json\n{\"ping\":{}}\n";
    }
    client.send(lines);
    std::string replies;
    while (std::ranges::count(replies, '\n') < std::ptrdiff_t{kLines}) {
        const std::string piece = client.receive();
        ASSERT_FALSE(piece.empty());
        replies += piece;
    }
    const auto row = server.stats().reactors(0);
    EXPECT_GE(row.work() - before, kLines * kLineWork);
    EXPECT_LE(row.largest_slice(), reactor::ReadyQueue::kMaxShare + 4 * kLineWork);
}

// The end of a slice within a read changes nothing for the peer.
TEST(ConnectionWork, KeepsTheOrderAndTheEndOverManySlices) {
    constexpr int kMessages = 30'000;
    MemoryServer server(1);
    MemoryTelex consumer(server.connect());
    MemoryTelex busy(server.connect());
    consumer.open();
    busy.open();
    consumer.send(testing::subscribe(1, "all"));
    ASSERT_EQ(consumer.next(), "subscribed 1");
    std::string flood;
    for (int i = 0; i < kMessages; ++i) {
        flood += MemoryTelex::framed(testing::publish("all", std::to_string(i)));
    }
    server.at(0, [&] {
        busy.stream().send(flood + MemoryTelex::framed(testing::ping(1)));
        busy.stream().finish();
    });
    for (int i = 0; i < kMessages; ++i) {
        ASSERT_EQ(consumer.next(), "delivery 1 " + std::to_string(i));
    }
    EXPECT_EQ(busy.next(), "pong 1");
    EXPECT_EQ(busy.next(), "end");
}

}  // namespace
}  // namespace telex::server

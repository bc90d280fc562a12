// The same conversation over every kind of faulty stream, with the same results.
#include "support/memory_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

namespace telex::server {
namespace {

using telex::testing::MemoryFaults;
using telex::testing::MemoryServer;
using telex::testing::MemoryTelex;

struct Mood {
    std::string name;
    MemoryFaults faults;
    bool keeps_packets = false;
};

std::vector<Mood> moods() {
    return {
        {"Fine", {}},
        {"ReadsByteByByte", {.read_at_most = 1}},
        {"WritesByteByByte", {.write_at_most = 1}},
        {"BothInThrees", {.read_at_most = 3, .write_at_most = 3}},
        {"OftenNotReady", {.again_every = 2}},
        {"OftenNotReadyAndShort", {.read_at_most = 5, .write_at_most = 7, .again_every = 3}},
        {"NoRoom", {.capacity = 1}},
        {"LittleRoomOftenNotReady", {.again_every = 2, .capacity = 40}},
        {"Packets", {}, true},
        {"PacketsOftenNotReady", {.again_every = 2}, true},
        {"PacketsNoRoom", {.capacity = 1}, true},
    };
}

class ConnectionFaults : public ::testing::TestWithParam<std::tuple<Mood, unsigned>> {
protected:
    MemoryTelex connect() {
        const Mood& mood = std::get<0>(GetParam());
        return MemoryTelex(server_.connect(mood.faults, mood.keeps_packets));
    }

    MemoryServer server_{std::get<1>(GetParam())};
};

TEST_P(ConnectionFaults, DoNotAffectSubscriptionsAndRequests) {
    MemoryTelex subscriber = connect();
    MemoryTelex publisher = connect();
    subscriber.open();
    publisher.open();
    subscriber.send(testing::subscribe(1, "seq"));
    EXPECT_EQ(subscriber.next(), "subscribed 1");
    subscriber.send(testing::subscribe(2, "ask"));
    EXPECT_EQ(subscriber.next(), "subscribed 2");
    std::vector<std::string> payloads;
    for (int i = 0; i < 60; ++i) {
        const std::size_t size = i % 20 == 19 ? 5'000 : static_cast<std::size_t>(i);
        payloads.push_back(std::to_string(i) + std::string(size, 'x'));
        publisher.send(testing::publish("seq", payloads.back()));
    }
    for (const std::string& payload : payloads) {
        ASSERT_EQ(subscriber.next(), "delivery 1 " + payload);
    }
    publisher.send(testing::request(7, "ask"));
    const auto asked = subscriber.receive();
    ASSERT_TRUE(asked);
    subscriber.send(testing::publish(asked->reply_to(), "because"));
    EXPECT_EQ(publisher.next(), "answer 7 because");
    publisher.send(testing::request(8, "nobody"));
    EXPECT_EQ(publisher.next(), "failed 8 NO_RESPONDERS");
}

TEST_P(ConnectionFaults, DoNotAffectTheEnd) {
    MemoryTelex client = connect();
    client.open();
    for (std::uint64_t id = 1; id <= 10; ++id) {
        client.send(testing::request(id, "$SYS.echo"));
    }
    client.stream().finish();
    for (std::uint64_t id = 1; id <= 10; ++id) {
        EXPECT_EQ(client.next(), "answer " + std::to_string(id) + " payload");
    }
    EXPECT_EQ(client.next(), "end");
}

TEST_P(ConnectionFaults, DoNotAffectARefusal) {
    MemoryTelex client = connect();
    client.send(testing::publish("a"));
    EXPECT_EQ(client.next(), "closing HELLO_REQUIRED");
    EXPECT_EQ(client.next(), "end");
}

INSTANTIATE_TEST_SUITE_P(
    Streams,
    ConnectionFaults,
    ::testing::Combine(::testing::ValuesIn(moods()), ::testing::Values(1U, 2U)),
    [](const auto& instance) {
        return std::get<0>(instance.param).name + "On" +
               std::to_string(std::get<1>(instance.param));
    }
);

// A stream that breaks at its k-th operation, for every k of a whole conversation: the connection
// ends, others are not affected, and every message is accounted for.
TEST(ConnectionBreak, AtAnyOperationAffectsNoOtherConnection) {
    bool broke = true;
    for (unsigned k = 1; broke; ++k) {
        ASSERT_LT(k, 200U);
        MemoryServer server(2);
        MemoryTelex healthy(server.connect());
        healthy.open();
        healthy.send(testing::subscribe(1, "seq"));
        ASSERT_EQ(healthy.next(), "subscribed 1");
        auto stream = std::make_unique<testing::MemoryClient>(
            server.connect({.read_at_most = 20, .break_at = k})
        );
        const testing::MemoryClient& counted = *stream;
        testing::TelexClient doomed(std::move(stream));
        doomed.send(testing::hello());
        doomed.send(testing::subscribe(1, "seq"));
        doomed.send(testing::publish("seq", "mine"));
        doomed.send(testing::request(1, "$SYS.echo"));
        doomed.stream().finish();
        try {
            while (doomed.receive()) {
            }
        } catch (const std::runtime_error&) {
            // cut in the middle of a frame
        }
        broke = counted.operations() >= k;
        while (server.stats().connections() != 1) {
        }
        healthy.send(testing::publish("seq", "last"));
        std::string heard = healthy.next();
        if (heard == "delivery 1 mine") {
            heard = healthy.next();
        }
        ASSERT_EQ(heard, "delivery 1 last") << "k = " << k;
        const v1::ServerStats stats = server.stats();
        EXPECT_EQ(stats.subscriptions(), 1U) << "k = " << k;
        EXPECT_EQ(stats.pending_requests(), 0U) << "k = " << k;
        // The end of a connection gives its memory back a turn later.
        while (server.stats().pending_bytes() != 0) {
        }
    }
}

}  // namespace
}  // namespace telex::server

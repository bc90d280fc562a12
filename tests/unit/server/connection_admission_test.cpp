// Slow-consumer policies over a running exchange: every message is delivered or counted.
#include "support/memory_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace telex::server {
namespace {

using telex::testing::MemoryServer;
using telex::testing::MemoryTelex;

constexpr std::size_t kPayload = 10'000;
constexpr int kHeldMessages = 400;

ListenerOptions listener(v1::SlowPolicy policy) {
    ListenerOptions options;
    options.slow_consumer.policy = policy;
    options.slow_consumer.max_pending_bytes = 500'000;
    return options;
}

class SlowConsumerTest : public ::testing::Test {
protected:
    explicit SlowConsumerTest(v1::SlowPolicy policy) : server_(1, listener(policy)) {}

    // Publishes numbered messages to a consumer that does not read.
    void flood(int messages = kHeldMessages) {
        publisher_.open();
        consumer_.open();
        consumer_.send(testing::subscribe(1, "data"));
        ASSERT_EQ(consumer_.next(), "subscribed 1");
        for (int i = 0; i < messages; ++i) {
            publisher_.send(testing::publish("data", std::to_string(i) + std::string(kPayload, ' '))
            );
        }
    }

    void await_flush() {
        publisher_.send(testing::flush(1));
        ASSERT_EQ(publisher_.next(), "flushed 1");
        server_.settle();
    }

    static int number_in(const std::string& delivery) {
        return std::stoi(delivery.substr(std::string("delivery 1 ").size()));
    }

    std::uint64_t dropped(const std::string& reason) {
        const auto stats = server_.stats();
        const auto found = stats.dropped_messages().find(reason);
        return found == stats.dropped_messages().end() ? 0 : found->second;
    }

    // Messages that the consumer has got, or will get.
    std::uint64_t taken() {
        const auto stats = server_.stats();
        return stats.delivered_messages() + stats.queued_messages();
    }

    MemoryServer server_;
    MemoryTelex publisher_{server_.connect()};
    // Accepts 100 kB before it reads.
    MemoryTelex consumer_{server_.connect({.capacity = 100'000})};
};

struct DropNewest : SlowConsumerTest {
    DropNewest() : SlowConsumerTest(v1::SLOW_POLICY_DROP_NEWEST) {}
};

struct DropOldest : SlowConsumerTest {
    DropOldest() : SlowConsumerTest(v1::SLOW_POLICY_DROP_OLDEST) {}
};

struct Disconnect : SlowConsumerTest {
    Disconnect() : SlowConsumerTest(v1::SLOW_POLICY_DISCONNECT) {}
};

struct Block : SlowConsumerTest {
    Block() : SlowConsumerTest(v1::SLOW_POLICY_BLOCK) {}
};

TEST_F(DropNewest, KeepsTheFirstMessages) {
    flood();
    await_flush();
    const std::uint64_t lost = dropped("slow_newest");
    EXPECT_GT(lost, 0U);
    EXPECT_EQ(taken() + lost, kHeldMessages);
    const int kept = kHeldMessages - static_cast<int>(lost);
    for (int i = 0; i < kept; ++i) {
        ASSERT_EQ(number_in(consumer_.next()), i);
    }
    consumer_.send(testing::unsubscribe(1));
    const auto end = consumer_.receive();
    ASSERT_TRUE(end && end->has_unsubscribed());
    EXPECT_EQ(end->unsubscribed().dropped(), lost);
    EXPECT_EQ(end->unsubscribed().delivered(), static_cast<std::uint64_t>(kept));
}

TEST_F(DropOldest, KeepsTheLastMessages) {
    flood();
    await_flush();
    const std::uint64_t lost = dropped("slow_oldest");
    EXPECT_GT(lost, 0U);
    EXPECT_EQ(taken() + lost, kHeldMessages);
    int last = -1;
    for (int left = kHeldMessages - static_cast<int>(lost); left > 0; --left) {
        const int number = number_in(consumer_.next());
        ASSERT_GT(number, last);
        last = number;
    }
    EXPECT_EQ(last, kHeldMessages - 1);
}

// Messages that wait for credit were never delivered: they do not count as taken back.
TEST_F(DropOldest, OfWhatWaitsForCreditKeepsTheBooks) {
    constexpr std::uint64_t kCredit = 7;
    publisher_.open();
    consumer_.open();
    v1::Frame frame = testing::subscribe(1, "data");
    frame.mutable_subscribe()->set_credit(kCredit);
    frame.mutable_subscribe()->set_max_messages(kCredit + 1);
    consumer_.send(frame);
    ASSERT_EQ(consumer_.next(), "subscribed 1");
    for (int i = 0; i < kHeldMessages; ++i) {
        publisher_.send(testing::publish("data", std::to_string(i) + std::string(kPayload, ' ')));
    }
    await_flush();
    EXPECT_GT(dropped("slow_oldest"), 0U);
    EXPECT_EQ(server_.stats().delivered_messages(), kCredit);
    EXPECT_EQ(server_.stats().routed_messages(), kHeldMessages);
    for (std::uint64_t i = 0; i < kCredit; ++i) {
        EXPECT_EQ(number_in(consumer_.next()), static_cast<int>(i));
    }
    consumer_.send(testing::credit(1, 100));
    EXPECT_GT(number_in(consumer_.next()), static_cast<int>(kCredit));
    const auto end = consumer_.receive();
    ASSERT_TRUE(end && end->has_unsubscribed()) << "max_messages";
    EXPECT_EQ(end->unsubscribed().delivered(), kCredit + 1);
    EXPECT_EQ(end->unsubscribed().dropped(), kHeldMessages - kCredit - 1);
    EXPECT_GT(dropped("no_credit"), 0U);
}

// It receives an error first. As it does not read, it is ended in a later round.
TEST_F(DropNewest, ShedsTheLargestHolder) {
    flood();
    await_flush();
    const auto take_stock = [&] {
        std::vector<exchange::Holding> holdings;
        server_.at(0, [&] { holdings = server_.shard(0).holdings(); });
        return holdings;
    };
    const auto largest = [](const std::vector<exchange::Holding>& holdings) {
        return *std::max_element(holdings.begin(), holdings.end(), [](auto& left, auto& right) {
            return left.bytes < right.bytes;
        });
    };
    const exchange::Holding consumer = largest(take_stock());
    EXPECT_GT(consumer.bytes, 500'000U);
    EXPECT_FALSE(consumer.leaving);
    server_.at(0, [&] { server_.shard(0).shed(consumer.holders, 1); });
    server_.settle();
    EXPECT_EQ(server_.stats().connections(), 2U);
    EXPECT_EQ(server_.stats().refusals().at("OVER_MEMORY_BUDGET"), 1U);
    EXPECT_LT(largest(take_stock()).bytes, 500'000U);
    while (server_.stats().connections() == 2) {
        (void)take_stock();
    }
    EXPECT_EQ(server_.stats().refusals().at("OVER_MEMORY_BUDGET"), 1U);
}

TEST_F(Disconnect, SendsTheErrorAfterQueuedMessages) {
    flood();
    await_flush();
    int heard = 0;
    auto frame = consumer_.receive();
    for (; frame && !frame->has_error(); frame = consumer_.receive()) {
        ASSERT_EQ(number_in(testing::summary_of(*frame)), heard++);
    }
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->error().code(), v1::SLOW_CONSUMER);
    EXPECT_TRUE(frame->error().closing());
    EXPECT_EQ(frame->error().subscription(), 1U);
    EXPECT_EQ(frame->error().limit(), 500'000U);
    EXPECT_GT(frame->error().pending_bytes(), 400'000U);
    EXPECT_EQ(consumer_.next(), "end");
    EXPECT_EQ(server_.stats().delivered_messages(), static_cast<std::uint64_t>(heard));
    EXPECT_GT(dropped("slow_disconnect"), 0U);
}

// Wherever its output is when it is cut: what it did not get is counted, for one reason.
TEST_F(Disconnect, CountsWhatItsClientDidNotGet) {
    flood();
    await_flush();
    server_.at(0, [&] { server_.worker(0).abort_all(); });
    std::uint64_t heard = 0;
    try {
        while (consumer_.receive()) {
            ++heard;
        }
    } catch (const std::runtime_error&) {
        // The last frame was cut, and not received.
    }
    const v1::ServerStats stats = server_.stats();
    EXPECT_EQ(stats.delivered_messages(), heard);
    EXPECT_GT(dropped("slow_disconnect"), 0U);
    EXPECT_EQ(stats.routed_messages(), heard + dropped("slow_disconnect"));
    EXPECT_EQ(stats.dropped_messages_size(), 1);
}

// Messages that are lost with a send queue were never delivered: the count does not decrease.
TEST_F(DropNewest, CountsAsDeliveredOnlyWhatWasWritten) {
    flood();
    await_flush();
    const v1::ServerStats before = server_.stats();
    EXPECT_GT(before.delivered_messages(), 0U);
    EXPECT_GT(before.queued_messages(), 0U);
    EXPECT_EQ(before.reactors(0).queued_messages(), before.queued_messages());
    consumer_.stream().vanish();
    while (server_.stats().connections() == 2) {
        std::this_thread::yield();
    }
    const v1::ServerStats after = server_.stats();
    EXPECT_EQ(after.delivered_messages(), before.delivered_messages());
    EXPECT_EQ(after.queued_messages(), 0U);
    EXPECT_EQ(dropped("connection_lost"), before.queued_messages());
    EXPECT_EQ(after.routed_messages(), before.routed_messages());
}

// Replies are never dropped by a policy, and lost with their queue like messages.
TEST_F(DropNewest, CountsRepliesThatWereNotReceived) {
    constexpr std::uint64_t kRequests = 25;  // of 10 kB: less than what stops the reading
    consumer_.open();
    for (std::uint64_t id = 1; id <= kRequests; ++id) {
        v1::Frame frame = testing::request(id, "$SYS.echo");
        frame.mutable_message()->set_payload(std::string(kPayload, 'x'));
        consumer_.send(frame);
    }
    while (server_.stats().routed_messages() < kRequests) {
        std::this_thread::yield();
    }
    server_.settle();
    const v1::ServerStats before = server_.stats();
    EXPECT_EQ(before.delivered_messages() + before.queued_messages(), kRequests);
    EXPECT_GT(before.delivered_messages(), 0U);
    EXPECT_GT(before.queued_messages(), 0U);
    consumer_.stream().vanish();
    while (server_.stats().connections() == before.connections()) {
        std::this_thread::yield();
    }
    EXPECT_EQ(server_.stats().delivered_messages(), before.delivered_messages());
    EXPECT_EQ(dropped("connection_lost"), before.queued_messages());
}

TEST_F(Block, LosesNothingWhenTheConsumerReadsAgain) {
    flood();
    for (int i = 0; i < kHeldMessages; ++i) {
        ASSERT_EQ(number_in(consumer_.next()), i);
    }
    await_flush();
    const v1::ServerStats stats = server_.stats();
    EXPECT_EQ(stats.delivered_messages(), kHeldMessages);
    EXPECT_TRUE(stats.dropped_messages().empty());
    EXPECT_EQ(stats.pending_bytes(), 0U);
}

// Frames behind queued publications are still read: the peer must not look dead.
TEST_F(Block, HandlesPingsOfAPausedPublisher) {
    constexpr int kJustTooMany = 62;
    flood(kJustTooMany);
    publisher_.send(testing::ping(1));
    EXPECT_EQ(publisher_.next(), "pong 1");
    EXPECT_LT(taken(), kJustTooMany);
    for (int i = 0; i < kJustTooMany; ++i) {
        ASSERT_EQ(number_in(consumer_.next()), i);
    }
}

// Requests and flushes of a paused publisher keep their order.
TEST_F(Block, KeepsTheOrderOfFramesOfAPublisher) {
    flood();
    publisher_.send(testing::flush(7));
    publisher_.send(testing::request(8, "$SYS.echo"));
    publisher_.send(testing::flush(9));
    for (int i = 0; i < kHeldMessages; ++i) {
        ASSERT_EQ(number_in(consumer_.next()), i);
    }
    EXPECT_EQ(publisher_.next(), "flushed 7");
    EXPECT_EQ(publisher_.next(), "answer 8 payload");
    EXPECT_EQ(publisher_.next(), "flushed 9");
}

TEST_F(Block, ResumesThePublisherWhenTheConsumerLeaves) {
    flood();
    consumer_.stream().vanish();
    await_flush();
    const v1::ServerStats stats = server_.stats();
    std::uint64_t accounted = stats.delivered_messages() + stats.unrouted_messages();
    for (const auto& [reason, count] : stats.dropped_messages()) {
        accounted += count;
    }
    EXPECT_EQ(accounted, kHeldMessages);
}

// Not when its peer has read the rest, or the time for that is over.
TEST_F(Block, ResumesThePublisherAsSoonAsTheConsumerIsClosed) {
    flood();
    server_.settle();
    server_.at(0, [&] { EXPECT_TRUE(server_.worker(0).kick(2, "")); });
    publisher_.send(testing::flush(1));
    EXPECT_EQ(publisher_.next(), "flushed 1");
    EXPECT_EQ(server_.stats().connections(), 2U) << "the consumer has not read why it is closed";
}

TEST_F(Block, SurvivesTheEndOfAPausedPublisher) {
    flood();
    publisher_.stream().vanish();
    while (server_.stats().connections() != 1) {
        // Its queue is released with it; it ends only once it may read on.
        if (server_.stats().pending_bytes() > 0) {
            (void)consumer_.receive();
        }
    }
    consumer_.send(testing::ping(1));
    std::string heard = consumer_.next();
    while (heard != "pong 1") {
        heard = consumer_.next();
    }
}

}  // namespace
}  // namespace telex::server

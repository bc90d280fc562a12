#include "server/connection/publisher_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::server {
namespace {

using Entry = PublisherQueue::Entry;

Entry flush(std::uint64_t id) {
    return {.kind = Entry::Kind::flush, .id = id};
}

Entry publication(std::size_t bytes) {
    Entry entry;
    entry.message.body = SharedBytes::copy_of(std::string(bytes, 'x'));
    return entry;
}

TEST(PublisherQueue, HoldsNothingBackWithoutAPause) {
    PublisherQueue queue;
    EXPECT_FALSE(queue.holds_back());
    EXPECT_FALSE(queue.take());
}

TEST(PublisherQueue, ReturnsEntriesInOrderOnceAllPausesAreOver) {
    PublisherQueue queue;
    queue.pause();
    queue.pause();
    queue.push(flush(1));
    queue.push(flush(2));
    EXPECT_FALSE(queue.take());
    EXPECT_FALSE(queue.resume());
    EXPECT_FALSE(queue.take());
    EXPECT_TRUE(queue.resume());
    EXPECT_EQ(queue.take()->id, 1U);
    // New entries must not overtake the second.
    EXPECT_TRUE(queue.holds_back());
    EXPECT_EQ(queue.take()->id, 2U);
    EXPECT_FALSE(queue.holds_back());
}

TEST(PublisherQueue, StopsBetweenTwoEntriesWhenItIsPausedAgain) {
    PublisherQueue queue;
    queue.pause();
    queue.push(flush(1));
    queue.push(flush(2));
    (void)queue.resume();
    EXPECT_TRUE(queue.take());
    queue.pause();
    EXPECT_FALSE(queue.take());
}

TEST(PublisherQueue, IsFullAtItsLimitOnlyWhilePaused) {
    PublisherQueue queue;
    queue.pause();
    queue.push(publication(1'000));
    EXPECT_GE(queue.memory(), 1'000U);
    EXPECT_FALSE(queue.is_full());
    queue.push(publication(PublisherQueue::kMaxBytes));
    EXPECT_TRUE(queue.is_full());
    (void)queue.resume();
    EXPECT_FALSE(queue.is_full());
    while (queue.take()) {
    }
    EXPECT_EQ(queue.memory(), 0U);
}

// Many flushes have no payload, but are not free.
TEST(PublisherQueue, CountsEntriesWithoutPayload) {
    PublisherQueue queue;
    queue.pause();
    queue.push(flush(1));
    EXPECT_GE(queue.memory(), sizeof(Entry));
    queue.clear();
    EXPECT_EQ(queue.memory(), 0U);
}

// The bound that docs/security.md states.
TEST(PublisherQueue, TakesAtMost600BytesBesideTheBytesOfAMessage) {
    PublisherQueue queue;
    queue.pause();
    constexpr std::size_t kMessages = 64;
    constexpr std::size_t kBytes = 10;
    for (std::size_t i = 0; i < kMessages; ++i) {
        queue.push(publication(kBytes));
    }
    EXPECT_LE(queue.memory(), kMessages * (kBytes + 600));
}

// Records what the exchange receives.
class RecordingPort final : public broker::Port {
public:
    void publish(const broker::Publication& publication) override {
        calls += "publish " + std::string(publication.message.body) + "; ";
    }

    void publish_with(const broker::Publication& publication, const broker::PublishOptions& options)
        override {
        calls += "publish " + std::string(publication.message.body) + " by " +
                 std::string(options.route_by) + " reply_to " + std::string(options.reply_to) +
                 " confirmation " + std::to_string(options.confirmation) +
                 (options.durable == 0 ? "" : " durable " + std::to_string(options.durable)) +
                 (options.echoes ? " echoes; " : "; ");
    }

    void request(
        const broker::Publication& publication, std::uint64_t id, std::chrono::milliseconds timeout
    ) override {
        calls += "request " + std::to_string(id) + " " + std::string(publication.message.body) +
                 " " + std::to_string(timeout.count()) + " ms; ";
    }

    void subscribe(broker::SubscriptionSpec /*spec*/) override {}

    void consume(broker::ConsumeSpec /*spec*/) override {}

    void acknowledge(const broker::Acknowledgement& /*acknowledgement*/) override {}

    bool has_subscription(std::uint64_t /*id*/) const override { return false; }

    std::size_t subscription_count() const override { return 0; }

    std::uint64_t subscription_for(std::string_view /*subject*/) override { return 0; }

    std::size_t patterns_with(std::string_view /*filter*/) const override { return 0; }

    void unsubscribe(std::uint64_t /*id*/) override {}

    void end_subscriptions() override {}

    void add_credit(std::uint64_t /*id*/, std::uint64_t /*messages*/) override {}

    void set_max_messages(std::uint64_t /*id*/, std::uint64_t /*messages*/) override {}

    void set_credit(std::uint64_t /*id*/, std::uint64_t /*messages*/) override {}

    void flush(std::uint64_t id) override { calls += "flush " + std::to_string(id) + "; "; }

    std::size_t pending_requests() const override { return 0; }

    std::string calls;
};

TEST(PublisherQueue, PassesItsEntriesToTheExchange) {
    PublisherQueue queue;
    queue.pause();
    {
        const std::string first = "first";
        const std::string second = "second";
        wire::MessageView message;
        message.body = first;
        queue.push_publish({message, nullptr});
        message.body = second;
        queue.push_request({message, nullptr}, 7, std::chrono::milliseconds(30));
        queue.push_flush(8);
        queue.push_publish_with(
            {message, nullptr}, {.route_by = "key", .reply_to = "inbox", .confirmation = 9}
        );
        queue.push_publish_with({message, nullptr}, {.echoes = true});
        queue.push_publish_with({message, nullptr}, {.durable = 10});
    }
    RecordingPort port;
    EXPECT_FALSE(queue.release_one(port)) << "it is paused";
    (void)queue.resume();
    while (queue.release_one(port)) {
    }
    EXPECT_EQ(
        port.calls,
        "publish first; request 7 second 30 ms; flush 8; "
        "publish second by key reply_to inbox confirmation 9; "
        "publish second by  reply_to  confirmation 0 echoes; "
        "publish second by  reply_to  confirmation 0 durable 10; "
    );
}

}  // namespace
}  // namespace telex::server

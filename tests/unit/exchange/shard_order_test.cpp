// Order per publisher and subject across reactors, under load.
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;

constexpr unsigned kReactors = 4;
constexpr int kMessages = 4'000;

// Publishes a numbered message per task, so that turns, batches and mail interleave as they do with
// real readers.
void publish_numbered(PlainClient& publisher, int index, int number) {
    publisher.shard.reactor().post([&publisher, index, number] {
        publisher.publish("seq." + std::to_string(index), std::to_string(number));
        if (number + 1 < kMessages) {
            publish_numbered(publisher, index, number + 1);
        }
    });
}

void expect_all_in_order(const std::vector<std::string>& notes, unsigned publishers) {
    std::vector<int> next(publishers, 0);
    for (const std::string& note : notes) {
        unsigned publisher = 0;
        int number = -1;
        ASSERT_EQ(std::sscanf(note.c_str(), "1 seq.%u=%d", &publisher, &number), 2) << note;
        ASSERT_LT(publisher, publishers);
        ASSERT_EQ(number, next[publisher]) << "of publisher " << publisher;
        ++next[publisher];
    }
    EXPECT_EQ(next, std::vector<int>(publishers, kMessages));
}

TEST(ShardOrder, HoldsFromEveryPublisherToEverySubscriber) {
    RunningExchange running(kReactors);
    std::vector<PlainClient*> publishers;
    std::vector<PlainClient*> subscribers;
    for (unsigned i = 0; i < kReactors; ++i) {
        publishers.push_back(&running.client(i));
        subscribers.push_back(&running.client(i));
        running.on(*subscribers.back(), [&] { subscribers.back()->subscribe(1, "seq.*"); });
    }
    running.settle();
    for (PlainClient* subscriber : subscribers) {
        (void)running.notes(*subscriber);
    }
    for (unsigned i = 0; i < kReactors; ++i) {
        publish_numbered(*publishers[i], static_cast<int>(i), 0);
    }
    const auto received = [&] { return running.counters().taken_messages; };
    while (received() < std::uint64_t{kReactors} * kReactors * kMessages) {
        std::this_thread::yield();
    }
    for (PlainClient* subscriber : subscribers) {
        expect_all_in_order(running.notes(*subscriber), kReactors);
    }
}

// A client subscribes to its inbox and asks in one turn. Its receiver may reply from another
// reactor before that turn is over.
TEST(ShardOrder, ASubscriptionIsKnownBeforeTheNextMessageOfItsClient) {
    RunningExchange running(3);
    PlainClient& asker = running.client(0);
    PlainClient& responder = running.client(2);
    running.on(asker, [&] {
        asker.subscribe(1, "inbox");
        asker.publish("question", "?");
        responder.shard.reactor().post([&] { responder.publish("inbox", "!"); });
    });
    running.settle();
    EXPECT_THAT(running.notes(asker), ::testing::Contains("1 inbox=!"));
}

// Others that subscribe to the same and leave again change nothing for those who stay.
TEST(ShardOrder, HoldsWhileOthersComeAndGo) {
    RunningExchange running(kReactors);
    PlainClient& publisher = running.client(0);
    PlainClient& stays = running.client(1);
    running.on(stays, [&] { stays.subscribe(1, "seq.*"); });
    running.settle();
    (void)running.notes(stays);
    publish_numbered(publisher, 0, 0);
    const auto published = [&] {
        return running.on(publisher, [&] { return publisher.shard.counters().received_messages; });
    };
    int visits = 0;
    while (published() < kMessages) {
        PlainClient& visitor = running.client(static_cast<std::size_t>(visits++ % 4));
        running.on(visitor, [&] {
            visitor.verbose = false;
            visitor.subscribe(1, visits % 2 == 0 ? "seq.0" : ">");
        });
        running.leave(visitor);
    }
    running.settle();
    expect_all_in_order(running.notes(stays), 1);
}

}  // namespace
}  // namespace telex::exchange

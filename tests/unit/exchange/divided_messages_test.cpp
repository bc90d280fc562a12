// Messages with very many subscribers, which are routed in several slices.
#include "exchange/divided_messages.hpp"

#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAre;

constexpr std::uint64_t kSubscriptions = 3'000;
constexpr std::uint64_t kGroups = 1'000;

class Divided : public ::testing::TestWithParam<unsigned> {
protected:
    // From the number `first` on, of the client.
    void subscribe(PlainClient& client, std::uint64_t first = 1, bool no_echo = false) {
        subscribe_often(client, kSubscriptions, [&](std::uint64_t index) {
            broker::SubscriptionSpec spec;
            spec.id = first + index;
            spec.no_echo = no_echo;
            return spec;
        });
    }

    void join_groups(PlainClient& client) {
        subscribe_often(client, kGroups, [](std::uint64_t index) {
            broker::SubscriptionSpec spec;
            spec.id = 100'000 + index;
            spec.queue_group = "group-" + std::to_string(index);
            return spec;
        });
    }

    // In tasks that fit into a slice.
    template <class Function>
    void subscribe_often(PlainClient& client, std::uint64_t count, const Function& spec_of) {
        constexpr std::uint64_t kTogether = 200;
        for (std::uint64_t first = 0; first < count; first += kTogether) {
            running_.on(client, [&] {
                client.verbose = false;
                for (std::uint64_t i = first; i < first + kTogether; ++i) {
                    broker::SubscriptionSpec spec = spec_of(i);
                    spec.filter = "a";
                    client.port.subscribe(std::move(spec));
                }
            });
        }
        forget_notes(client);
    }

    void forget_notes(PlainClient& client) {
        await_quiet();
        running_.notes(client);
    }

    // Until all messages are routed on all reactors.
    void await_quiet() {
        const auto works = [&] {
            bool some = false;
            for (std::size_t i = 0; i < running_.exchange().shard_count(); ++i) {
                some =
                    running_.at(i, [&] { return running_.exchange().shard(i).has_open_work(); }) ||
                    some;
            }
            return some;
        };
        do {
            running_.settle();
        } while (works());
    }

    std::uint64_t deliveries(PlainClient& client) {
        return running_.on(client, [&] { return client.deliveries; });
    }

    RunningExchange running_{GetParam()};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& here_ = running_.client(0);
    PlainClient& elsewhere_ = running_.client(GetParam() - 1);
};

TEST_P(Divided, ReachEachSubscriptionAndEachGroupOnce) {
    subscribe(here_);
    subscribe(elsewhere_);
    join_groups(here_);
    join_groups(elsewhere_);
    running_.on(publisher_, [&] {
        publisher_.publish("a", "x");
        EXPECT_EQ(publisher_.shard.divided().size(), 1U);
        EXPECT_EQ(publisher_.pauses, 1);
        EXPECT_EQ(publisher_.resumes, 0);
    });
    await_quiet();
    EXPECT_EQ(deliveries(here_) + deliveries(elsewhere_), 2 * kSubscriptions + kGroups);
    EXPECT_GE(deliveries(here_), kSubscriptions);
    EXPECT_GE(deliveries(elsewhere_), kSubscriptions);
    EXPECT_EQ(running_.on(publisher_, [&] { return publisher_.resumes; }), 1);
    const std::size_t memory =
        running_.on(publisher_, [&] { return publisher_.shard.divided().memory(); });
    EXPECT_EQ(memory, 0U);
    EXPECT_EQ(running_.counters().routed_messages, 2 * kSubscriptions + kGroups);
}

TEST_P(Divided, ExceedNoSlice) {
    for (std::uint64_t i = 0; i < 5; ++i) {
        subscribe(here_, 1 + i * kSubscriptions);
        subscribe(elsewhere_, 1 + i * kSubscriptions);
    }
    join_groups(here_);
    running_.on(publisher_, [&] { publisher_.publish("a", "x"); });
    await_quiet();
    EXPECT_EQ(deliveries(here_) + deliveries(elsewhere_), 10 * kSubscriptions + kGroups);
    for (std::size_t i = 0; i < GetParam(); ++i) {
        const ShardSnapshot snapshot =
            running_.at(i, [&] { return running_.exchange().shard(i).snapshot(); });
        // A step is about half of a short slice. The first one is charged for the deliveries on
        // other reactors.
        const bool charged = i == 0 && GetParam() > 1;
        EXPECT_LE(
            snapshot.largest_slice,
            reactor::ReadyQueue::kMaxShare + reactor::ReadyQueue::kSlice +
                (charged ? 5 * kSubscriptions * reactor::work::kDelivery : 0)
        );
        EXPECT_TRUE(charged || snapshot.overdrafts == 0);
    }
}

TEST_P(Divided, AreRoutedWholeIfTheirPublisherCannotPause) {
    subscribe(here_);
    PlainClient& datagrams = running_.client(0, false);
    running_.on(datagrams, [&] {
        datagrams.publish("a", "x");
        EXPECT_EQ(datagrams.shard.divided().size(), 0U);
        EXPECT_EQ(datagrams.pauses, 0);
    });
    await_quiet();
    EXPECT_EQ(deliveries(here_), kSubscriptions);
}

TEST_P(Divided, DoNotReachWhatHasLeft) {
    subscribe(here_);
    running_.on(publisher_, [&] {
        publisher_.publish("a", "x");
        for (std::uint64_t id = 1; id <= kSubscriptions / 2; ++id) {
            here_.port.unsubscribe(id);
        }
    });
    await_quiet();
    EXPECT_EQ(deliveries(here_), kSubscriptions - kSubscriptions / 2);
}

TEST_P(Divided, AreCompletedAfterTheirPublisherHasLeft) {
    subscribe(here_);
    running_.on(publisher_, [&] {
        publisher_.publish("a", "x");
        publisher_.port.leave(DropReason::connection_lost);
    });
    await_quiet();
    EXPECT_EQ(deliveries(here_), kSubscriptions);
}

TEST_P(Divided, OfACrowdOfPublishersWaitForEachOther) {
    constexpr std::size_t kPublishers = 2 * DividedMessages::kAtATime;
    subscribe(here_);
    for (std::size_t i = 0; i < kPublishers; ++i) {
        PlainClient& publisher = running_.client(0);
        running_.on(publisher, [&] { publisher.publish("a", "x"); });
    }
    await_quiet();
    EXPECT_EQ(deliveries(here_), kPublishers * kSubscriptions);
}

TEST_P(Divided, AreConfirmedWithAllTheirReceivers) {
    subscribe(here_);
    subscribe(elsewhere_);
    join_groups(elsewhere_);
    running_.on(publisher_, [&] {
        publisher_.publish_with("a", "x", {.route_by = {}, .reply_to = {}, .confirmation = 7});
    });
    await_quiet();
    EXPECT_THAT(
        running_.notes(publisher_),
        ElementsAre("published 7 to " + std::to_string(2 * kSubscriptions + kGroups))
    );
}

TEST_P(Divided, RequestsAreAnswered) {
    subscribe(elsewhere_);
    running_.on(publisher_, [&] { publisher_.request("a", "?", 7); });
    running_.settle();
    while (deliveries(elsewhere_) < kSubscriptions) {
        std::this_thread::yield();
    }
    running_.on(elsewhere_, [&] { elsewhere_.publish(elsewhere_.reply_subjects.front(), "!"); });
    await_quiet();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("reply 7=!"));
}

TEST_P(Divided, RequestsWithoutAReceiverFailAtOnce) {
    subscribe(publisher_, 1, true);
    running_.on(publisher_, [&] { publisher_.request("a", "?", 7); });
    await_quiet();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("failed 7 NO_RESPONDERS"));
}

INSTANTIATE_TEST_SUITE_P(Reactors, Divided, ::testing::Values(1U, 3U));

}  // namespace
}  // namespace telex::exchange

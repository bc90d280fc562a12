// A client with very many subscriptions or requests leaves: nothing reaches it from that moment,
// and what it leaves behind is removed in slices. Counts of work and turns, never times.
#include "exchange/departures.hpp"

#include "reactor/ready_queue.hpp"
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <string>
#include <string_view>
#include <thread>

namespace telex::exchange {
namespace {

using reactor::ReadyQueue;
using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kMany = 10'000;
// The least number of turns that the removal of kMany takes.
constexpr std::uint64_t kTurns = (kMany - Departures::kAtOnce) * reactor::work::kSubscription /
                                 (ReadyQueue::kMaxShare + reactor::work::kSubscription);

std::string subject(std::uint64_t number) {
    return "device." + std::to_string(number);
}

class DeparturesTest : public ::testing::Test {
protected:
    void subscribe_often(PlainClient& client, std::string_view group = {}) {
        running_.on(client, [&] {
            client.verbose = false;
            for (std::uint64_t id = 1; id <= kMany; ++id) {
                client.subscribe(id, subject(id), group);
            }
        });
        await([&] { return running_.on(client, [&] { return client.notes.size() == kMany; }); });
        (void)running_.notes(client);
    }

    template <class Condition>
    static void await(Condition holds) {
        while (!holds()) {
            std::this_thread::yield();
        }
    }

    // On the client's reactor.
    static bool is_departing(const PlainClient& client) {
        return client.shard.departures().memory() > 0;
    }

    std::uint64_t turns(std::size_t reactor) {
        return running_.at(reactor, [&] {
            return running_.exchange().shard(reactor).reactor().turns();
        });
    }

    RunningExchange running_{2};
    PlainClient& client_ = running_.client(0);
    PlainClient& neighbour_ = running_.client(0);
    PlainClient& remote_ = running_.client(1);
};

TEST_F(DeparturesTest, TakeTurns) {
    subscribe_often(client_);
    std::uint64_t began = 0;
    running_.on(client_, [&] {
        const reactor::WorkMeter& work = client_.shard.reactor().work();
        const std::uint64_t before = work.total();
        client_.port.leave(DropReason::connection_lost);
        EXPECT_LE(work.total() - before, ReadyQueue::kMaxShare) << "the step of the end itself";
        EXPECT_TRUE(is_departing(client_));
        EXPECT_EQ(client_.shard.snapshot().subscriptions, 0U);
        began = client_.shard.reactor().turns();
    });
    running_.await_departures(client_);
    running_.on(client_, [&] {
        EXPECT_GE(client_.shard.reactor().turns() - began, kTurns);
        EXPECT_LE(
            client_.shard.reactor().ready().largest_slice(),
            ReadyQueue::kMaxShare + reactor::work::kSubscription
        );
    });
    running_.settle();
    EXPECT_EQ(running_.exchange().budget().standing(), 0U) << "on both reactors";
}

// In the task in which it leaves.
TEST_F(DeparturesTest, ReceiveNothingMore) {
    subscribe_often(client_);
    running_.on(client_, [&] {
        client_.port.leave(DropReason::connection_lost);
        neighbour_.publish(subject(kMany), "x");
        neighbour_.request(subject(kMany - 1), "?", 7);
        EXPECT_TRUE(is_departing(client_));
    });
    EXPECT_EQ(client_.deliveries, 0U);
    EXPECT_THAT(running_.notes(neighbour_), ElementsAre("failed 7 NO_RESPONDERS"));
    EXPECT_EQ(running_.counters().unrouted_messages, 2U);
    EXPECT_EQ(running_.counters().routed_messages, 0U);
}

// The other reactor does not know yet that the subscription has ended.
TEST_F(DeparturesTest, HaveNoRespondersForRequestsOfOtherReactors) {
    subscribe_often(client_);
    std::promise<void> go_on;
    auto gate = go_on.get_future();
    client_.shard.reactor().post([&] {
        client_.port.leave(DropReason::connection_lost);
        gate.wait();
    });
    running_.on(remote_, [&] { remote_.request(subject(kMany), "?", 7); });
    running_.on(remote_, [] {});
    go_on.set_value();
    running_.await_departures(client_);
    running_.settle();
    EXPECT_THAT(running_.notes(remote_), ElementsAre("failed 7 NO_RESPONDERS"));
}

TEST_F(DeparturesTest, LeaveTheirGroupsAtOnce) {
    subscribe_often(client_, "group");
    running_.on(neighbour_, [&] { neighbour_.subscribe(1, "device.*", "group"); });
    running_.settle();
    (void)running_.notes(neighbour_);
    running_.on(client_, [&] {
        client_.port.leave(DropReason::connection_lost);
        for (std::uint64_t number = 1; number <= 100; ++number) {
            neighbour_.publish(subject(kMany - number), "x");
        }
        EXPECT_TRUE(is_departing(client_));
    });
    EXPECT_EQ(running_.on(neighbour_, [&] { return neighbour_.deliveries; }), 100U);
    EXPECT_EQ(client_.deliveries, 0U);
}

// Messages that wait for their credit do not wait for their removal.
TEST_F(DeparturesTest, DropWhatTheyHeldAtOnce) {
    running_.on(client_, [&] {
        client_.verbose = false;
        broker::SubscriptionSpec spec;
        spec.queue_group = "group";
        spec.credit = 1;
        for (spec.id = 1; spec.id <= 100; ++spec.id) {
            spec.filter = subject(spec.id);
            client_.port.subscribe(spec);
        }
        for (std::uint64_t number = 1; number <= 100; ++number) {
            neighbour_.publish(subject(number), "x");
            neighbour_.publish(subject(number), "x");
        }
    });
    running_.settle();
    EXPECT_EQ(client_.deliveries, 100U);
    EXPECT_GT(client_.held_bytes, 0U);
    running_.on(client_, [&] {
        client_.port.leave(DropReason::connection_lost);
        EXPECT_TRUE(is_departing(client_));
        EXPECT_EQ(client_.held_bytes, 0U);
    });
    EXPECT_EQ(running_.dropped(DropReason::connection_lost), 100U);
}

// A closing client stays a client for a while: it may ask for subscriptions with the same ids.
TEST_F(DeparturesTest, LetTheClientSubscribeAgain) {
    subscribe_often(client_);
    running_.on(client_, [&] {
        client_.port.end_subscriptions();
        neighbour_.request("elsewhere", "?", 1);  // after it, the end has taken place
        client_.verbose = true;
        client_.subscribe(1, "again");
        EXPECT_TRUE(is_departing(client_));
        neighbour_.publish("again", "x");
    });
    running_.await_departures(client_);
    running_.settle();
    EXPECT_THAT(running_.notes(client_), ElementsAre("1 again=x", "subscribed 1"));
}

TEST_F(DeparturesTest, AreCompletedWhenTheExchangeEnds) {
    subscribe_often(client_);
    running_.on(client_, [&] { client_.port.leave(DropReason::connection_lost); });
}

// A round of interest that is more than a slice of the reactor that applies it.
TEST_F(DeparturesTest, InterestOfManySubscriptionsTakesTurns) {
    const std::uint64_t before = turns(1);
    subscribe_often(client_);
    EXPECT_GE(turns(1) - before, kTurns);
    running_.on(remote_, [&] { remote_.publish(subject(kMany), "x"); });
    running_.settle();
    EXPECT_EQ(running_.on(client_, [&] { return client_.deliveries; }), 1U);
}

class ManyRequests : public DeparturesTest {
protected:
    void ask_often(std::chrono::milliseconds timeout) {
        running_.on(neighbour_, [&] {
            neighbour_.verbose = false;
            neighbour_.subscribe(1, "service");
            for (std::uint64_t id = 1; id <= kMany; ++id) {
                client_.request("service", "?", id, timeout);
            }
        });
    }

    std::size_t pending() { return client_.shard.snapshot().pending_requests; }

    std::uint64_t largest_slice() {
        return running_.on(client_, [&] {
            return client_.shard.reactor().ready().largest_slice();
        });
    }
};

TEST_F(ManyRequests, OfAClientThatLeavesEndInSlices) {
    ask_often(std::chrono::hours(1));
    running_.on(client_, [&] {
        EXPECT_EQ(pending(), kMany);
        client_.port.leave(DropReason::connection_lost);
        EXPECT_EQ(pending(), kMany) << "their places are still taken";
    });
    running_.on(neighbour_, [&] { neighbour_.publish(neighbour_.reply_subjects.back(), "late"); });
    await([&] { return running_.on(client_, [&] { return pending() == 0; }); });
    EXPECT_THAT(running_.notes(client_), IsEmpty());
    EXPECT_EQ(running_.dropped(DropReason::late_answer), 1U);
    EXPECT_GT(largest_slice(), 0U);
    EXPECT_LE(largest_slice(), ReadyQueue::kMaxShare + reactor::work::kPlace);
}

TEST_F(ManyRequests, TimeOutInSlices) {
    ask_often(std::chrono::milliseconds(1));
    await([&] { return running_.on(client_, [&] { return client_.notes.size() == kMany; }); });
    EXPECT_EQ(running_.counters().refusals[v1::TIMEOUT], kMany);
    EXPECT_GT(largest_slice(), 0U);
    EXPECT_LE(largest_slice(), ReadyQueue::kMaxShare + reactor::work::kFailure);
}

}  // namespace
}  // namespace telex::exchange

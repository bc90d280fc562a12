// A request ends exactly once: answered, timed out, without responders, or with its requester or
// responder.
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <utility>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Requester and responder on one reactor, and on different ones.
class ShardRequests : public ::testing::TestWithParam<unsigned> {
protected:
    void SetUp() override {
        running_.on(responder_, [&] {
            responder_.verbose = false;
            responder_.subscribe(1, "service");
        });
        running_.settle();
        (void)running_.notes(responder_);
    }

    void ask(std::string_view subject, std::uint64_t id) {
        running_.on(requester_, [&] { requester_.request(subject, "?", id); });
        running_.settle();
    }

    void answer(std::size_t request, std::string_view payload) {
        running_.on(responder_, [&] {
            responder_.publish(responder_.reply_subjects.at(request), payload);
        });
        running_.settle();
    }

    std::size_t pending() {
        return running_.on(requester_, [&] {
            return requester_.shard.snapshot().pending_requests;
        });
    }

    RunningExchange running_{GetParam()};
    PlainClient& requester_ = running_.client(0);
    PlainClient& responder_ = running_.client(GetParam() - 1);
};

TEST_P(ShardRequests, GetTheirAnswer) {
    ask("service", 7);
    ask("service", 8);
    EXPECT_EQ(requester_.port.pending_requests(), 2U);
    answer(1, "second");
    answer(0, "first");
    EXPECT_THAT(running_.notes(requester_), ElementsAre("reply 8=second", "reply 7=first"));
    EXPECT_EQ(requester_.port.pending_requests(), 0U);
    EXPECT_EQ(pending(), 0U);
}

TEST_P(ShardRequests, AreAnsweredOnce) {
    ask("service", 7);
    answer(0, "first");
    answer(0, "again");
    EXPECT_THAT(running_.notes(requester_), ElementsAre("reply 7=first"));
    EXPECT_EQ(running_.dropped(DropReason::late_answer), 1U);
}

TEST_P(ShardRequests, AreNotAnsweredByAGuess) {
    ask("service", 7);
    std::string guess = running_.on(responder_, [&] { return responder_.reply_subjects.at(0); });
    guess.back() = guess.back() == '0' ? '1' : '0';
    running_.on(responder_, [&] { responder_.publish(guess, "mine"); });
    running_.on(responder_, [&] { responder_.publish("_REPLY.nonsense", "mine"); });
    running_.on(responder_, [&] { responder_.publish("_REPLY.3f.1.0000000000000000", "mine"); });
    running_.settle();
    EXPECT_THAT(running_.notes(requester_), IsEmpty());
    EXPECT_EQ(running_.dropped(DropReason::late_answer), 3U);
    answer(0, "true");
    EXPECT_THAT(running_.notes(requester_), ElementsAre("reply 7=true"));
}

TEST_P(ShardRequests, FailAtOnceWithoutResponders) {
    ask("nobody.here", 7);
    EXPECT_THAT(running_.notes(requester_), ElementsAre("failed 7 NO_RESPONDERS"));
    EXPECT_EQ(pending(), 0U);
    EXPECT_EQ(running_.counters().refusals[v1::NO_RESPONDERS], 1U);
}

TEST_P(ShardRequests, FailAtOnceWhenTheirResponderIsAboutToLeave) {
    running_.on(responder_, [&] { responder_.port.end_subscriptions(); });
    running_.settle();
    ask("service", 7);
    EXPECT_THAT(running_.notes(requester_), ElementsAre("failed 7 NO_RESPONDERS"));
    EXPECT_THAT(running_.notes(responder_), IsEmpty());
    EXPECT_EQ(running_.on(responder_, [&] { return responder_.port.subscription_count(); }), 0U);
}

TEST_P(ShardRequests, EndWithTheirMember) {
    ask("service", 7);
    EXPECT_EQ(pending(), 1U);
    running_.leave(requester_);
    EXPECT_EQ(pending(), 0U);
    answer(0, "nobody listens");
    EXPECT_THAT(running_.notes(requester_), IsEmpty());
    EXPECT_EQ(running_.dropped(DropReason::late_answer), 1U);
}

TEST_P(ShardRequests, FailAtOnceWhenTheirResponderLeaves) {
    ask("service", 7);
    ask("service", 8);
    answer(1, "second");
    running_.leave(responder_);
    running_.settle();
    EXPECT_THAT(
        running_.notes(requester_), ElementsAre("reply 8=second", "failed 7 RESPONDER_GONE")
    );
    EXPECT_EQ(pending(), 0U);
    EXPECT_EQ(running_.counters().refusals[v1::RESPONDER_GONE], 1U);
}

TEST_P(ShardRequests, FailAtOnceWhenTheirResponderSaysGoodbye) {
    ask("service", 7);
    running_.on(responder_, [&] { responder_.port.end_subscriptions(); });
    running_.settle();
    EXPECT_THAT(running_.notes(requester_), ElementsAre("failed 7 RESPONDER_GONE"));
    running_.leave(responder_);
    running_.settle();
    EXPECT_THAT(running_.notes(requester_), IsEmpty());
}

TEST_P(ShardRequests, FailWhenAMemberOfAGroupLeavesThatReceivedThem) {
    running_.on(responder_, [&] { responder_.subscribe(2, "shared", "group"); });
    running_.settle();
    ask("shared", 7);
    ask("shared", 8);
    answer(0, "first");
    running_.leave(responder_);
    running_.settle();
    EXPECT_THAT(
        running_.notes(requester_), ElementsAre("reply 7=first", "failed 8 RESPONDER_GONE")
    );
}

TEST_P(ShardRequests, FailWhenTheyWaitedForTheCreditOfAResponderThatLeaves) {
    running_.on(responder_, [&] {
        broker::SubscriptionSpec spec;
        spec.id = 2;
        spec.filter = "slow";
        spec.credit = 1;
        responder_.port.subscribe(std::move(spec));
    });
    running_.settle();
    for (std::uint64_t id = 1; id <= 3; ++id) {
        ask("slow", id);
    }
    running_.on(responder_, [&] { responder_.port.add_credit(2, 1); });
    running_.settle();
    EXPECT_EQ(running_.on(responder_, [&] { return responder_.reply_subjects.size(); }), 2U);
    running_.leave(responder_);
    running_.settle();
    EXPECT_THAT(
        running_.notes(requester_),
        ::testing::UnorderedElementsAre(
            "failed 1 RESPONDER_GONE", "failed 2 RESPONDER_GONE", "failed 3 RESPONDER_GONE"
        )
    );
}

TEST_P(ShardRequests, StayOpenWhileAnotherReceiverMayReply) {
    PlainClient& other = running_.client(0);
    running_.on(other, [&] { other.subscribe(1, "service"); });
    running_.settle();
    (void)running_.notes(other);
    ask("service", 7);
    running_.leave(responder_);
    running_.settle();
    EXPECT_THAT(running_.notes(requester_), IsEmpty());
    running_.on(other, [&] { other.publish(other.reply_subjects.at(0), "here"); });
    running_.settle();
    EXPECT_THAT(running_.notes(requester_), ElementsAre("reply 7=here"));
}

// The first responder lets another one reply.
TEST_P(ShardRequests, StayOpenWhenTheyWereHandedOn) {
    PlainClient& worker = running_.client(0);
    running_.on(worker, [&] { worker.subscribe(1, "work"); });
    running_.settle();
    ask("service", 7);
    running_.on(responder_, [&] {
        responder_.publish("work", "", responder_.reply_subjects.at(0));
    });
    running_.leave(responder_);
    running_.settle();
    EXPECT_THAT(running_.notes(requester_), IsEmpty());
    running_.on(worker, [&] { worker.publish(worker.reply_subjects.at(0), "done"); });
    running_.settle();
    EXPECT_THAT(running_.notes(requester_), ElementsAre("reply 7=done"));
}

TEST_P(ShardRequests, OfARequesterThatHasLeftDoNotFail) {
    ask("service", 7);
    running_.leave(requester_);
    running_.leave(responder_);
    running_.settle();
    EXPECT_EQ(running_.counters().refusals[v1::RESPONDER_GONE], 0U);
}

TEST_P(ShardRequests, OfWhichManyAreReceivedAndNotAnsweredAreCharged) {
    constexpr std::size_t kMore = PendingReplies::kMost + 10;
    running_.on(requester_, [&] {
        for (std::uint64_t id = 1; id <= kMore; ++id) {
            requester_.request("service", "?", id);
        }
    });
    running_.settle();
    const std::size_t replies = PendingReplies::kMost * ClientRecord::kPendingReplyMemory;
    EXPECT_GE(running_.on(responder_, [&] { return responder_.port.record().memory(); }), replies);
    running_.leave(responder_);
    running_.settle();
    EXPECT_EQ(running_.counters().refusals[v1::RESPONDER_GONE], PendingReplies::kMost);
    EXPECT_EQ(pending(), kMore - PendingReplies::kMost) << "the oldest wait for their time-out";
}

TEST_P(ShardRequests, TimeOut) {
    running_.on(requester_, [&] {
        requester_.request("service", "?", 7, std::chrono::milliseconds(1));
    });
    while (running_.on(requester_, [&] { return requester_.notes.empty(); })) {
        std::this_thread::yield();
    }
    EXPECT_THAT(running_.notes(requester_), ElementsAre("failed 7 TIMEOUT"));
    answer(0, "too late");
    EXPECT_EQ(running_.dropped(DropReason::late_answer), 1U);
}

INSTANTIATE_TEST_SUITE_P(Reactors, ShardRequests, ::testing::Values(1U, 3U));

// In the turn in which the only responder is closed.
TEST(ShardRequest, FailsWithoutRespondersInTheTurnInWhichTheLastOneEnds) {
    RunningExchange running(1);
    PlainClient& requester = running.client(0);
    PlainClient& responder = running.client(0);
    running.on(responder, [&] {
        responder.subscribe(1, "service");
        responder.port.end_subscriptions();
        requester.request("service", "?", 7);
    });
    EXPECT_THAT(running.notes(requester), ElementsAre("failed 7 NO_RESPONDERS"));
    EXPECT_EQ(running.on(responder, [&] { return responder.deliveries; }), 0U);
}

// The last responder leaves while the request is under way to its reactor.
TEST(ShardRequest, FailsWithoutRespondersOnAnotherReactor) {
    RunningExchange running(2);
    PlainClient& requester = running.client(0);
    PlainClient& responder = running.client(1);
    running.on(responder, [&] { responder.subscribe(1, "service"); });
    running.settle();
    std::promise<void> go_on;
    auto gate = go_on.get_future();
    responder.shard.reactor().post([&] {
        gate.wait();
        responder.port.unsubscribe(1);
    });
    running.on(requester, [&] { requester.request("service", "?", 7); });
    running.on(requester, [] {});
    go_on.set_value();
    running.settle();
    EXPECT_THAT(running.notes(requester), ElementsAre("failed 7 NO_RESPONDERS"));
}

// Responders on two other reactors: both leave, or one of them, while the request is under way.
class ShardRequestToMany : public ::testing::TestWithParam<bool> {
protected:
    // The responder leaves before it receives the request.
    void leave_at_the_gate(PlainClient& responder, const std::shared_future<void>& gate) {
        responder.shard.reactor().post([&responder, gate] {
            gate.wait();
            responder.port.unsubscribe(1);
        });
    }

    RunningExchange running_{3};
    PlainClient& requester_ = running_.client(0);
    PlainClient& first_ = running_.client(1);
    PlainClient& second_ = running_.client(2);
};

TEST_P(ShardRequestToMany, FailsWithoutRespondersWhenTheLastOneHasLeft) {
    for (PlainClient* const responder : {&first_, &second_}) {
        running_.on(*responder, [&] { responder->subscribe(1, "service"); });
    }
    running_.settle();
    std::promise<void> go_on;
    const std::shared_future<void> gate = go_on.get_future().share();
    leave_at_the_gate(first_, gate);
    if (GetParam()) {
        leave_at_the_gate(second_, gate);
    }
    running_.on(requester_, [&] { requester_.request("service", "?", 7); });
    running_.on(requester_, [] {});
    go_on.set_value();
    running_.settle();
    if (GetParam()) {
        EXPECT_THAT(running_.notes(requester_), ElementsAre("failed 7 NO_RESPONDERS"));
        return;
    }
    EXPECT_THAT(running_.notes(requester_), IsEmpty()) << "the other one may reply";
    running_.on(second_, [&] { second_.publish(second_.reply_subjects.at(0), "here"); });
    running_.settle();
    EXPECT_THAT(running_.notes(requester_), ElementsAre("reply 7=here"));
}

INSTANTIATE_TEST_SUITE_P(BothLeave, ShardRequestToMany, ::testing::Bool());

TEST(ShardRequest, IsRefusedWhenTheReplyTableIsFull) {
    ExchangeOptions options;
    options.max_open_requests = 2;
    RunningExchange running(1, options);
    PlainClient& requester = running.client(0);
    PlainClient& responder = running.client(0);
    running.on(responder, [&] { responder.subscribe(1, "service"); });
    running.on(requester, [&] {
        for (std::uint64_t id = 1; id <= 3; ++id) {
            requester.request("service", "?", id);
        }
    });
    EXPECT_THAT(running.notes(requester), ElementsAre("failed 3 TOO_MANY_REQUESTS"));
    EXPECT_EQ(requester.port.pending_requests(), 2U);
    EXPECT_EQ(responder.reply_subjects.size(), 2U);
}

}  // namespace
}  // namespace telex::exchange

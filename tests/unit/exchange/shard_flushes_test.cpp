// A flush ends when what was published before it is in the subscribers' queues.
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ShardFlushes : public ::testing::Test {
protected:
    RunningExchange running_{3};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& near_ = running_.client(0);
    PlainClient& far_ = running_.client(1);

    void subscribe(PlainClient& member) {
        running_.on(member, [&] { member.subscribe(1, "a"); });
        running_.settle();
        (void)running_.notes(member);
    }

    void publish_and_flush() {
        running_.on(publisher_, [&] {
            publisher_.publish("a", "x");
            publisher_.port.flush(7);
        });
    }

    // The reactor does nothing until the promise is kept.
    std::promise<void> hold(PlainClient& member) {
        std::promise<void> go;
        member.shard.reactor().post([wait = go.get_future().share()] { wait.wait(); });
        return go;
    }
};

TEST_F(ShardFlushes, EndImmediatelyWithoutRemoteDeliveries) {
    subscribe(near_);
    publish_and_flush();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("flushed 7"));
    EXPECT_THAT(running_.notes(near_), ElementsAre("1 a=x"));
}

TEST_F(ShardFlushes, WaitForOtherReactors) {
    subscribe(far_);
    std::promise<void> go = hold(far_);
    publish_and_flush();
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    go.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("flushed 7"));
    EXPECT_THAT(running_.notes(far_), ElementsAre("1 a=x"));
}

TEST_F(ShardFlushes, WaitForBatchesOfEarlierTurns) {
    subscribe(far_);
    std::promise<void> go = hold(far_);
    running_.on(publisher_, [&] { publisher_.publish("a", "x"); });
    running_.on(publisher_, [&] { publisher_.port.flush(8); });
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
    go.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), ElementsAre("flushed 8"));
}

TEST_F(ShardFlushes, OfAMemberThatLeftAreForgotten) {
    subscribe(far_);
    std::promise<void> go = hold(far_);
    publish_and_flush();
    running_.leave(publisher_);
    go.set_value();
    running_.settle();
    EXPECT_THAT(running_.notes(publisher_), IsEmpty());
}

}  // namespace
}  // namespace telex::exchange

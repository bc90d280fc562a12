// Calls that complete on the callback thread.
#include "unit/client/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::test {
namespace {

using ::testing::ElementsAre;

Errc code_of(const Expected<void>& result) {
    return result ? Errc::unspecified : result.error().code;
}

TEST(FlushAsync, CallsItsHandlerOnceEvenIfTheClientCloses) {
    Collected<Errc> seen;
    const auto add = [&](const Expected<void>& result) { seen.add(code_of(result)); };
    {
        Pair pair;
        ASSERT_TRUE(pair.client->flush_async(add));
        pair.peer.answer_flush();
        EXPECT_THAT(seen.wait(1), ElementsAre(Errc::unspecified));
        ASSERT_TRUE(pair.client->flush_async(add, 0ms));
        EXPECT_THAT(seen.wait(2), ElementsAre(Errc::unspecified, Errc::timeout));
        ASSERT_TRUE(pair.client->flush_async(add));
        pair.peer.close();
        pair.client->close();
        EXPECT_EQ(code_of(pair.client->flush_async(add)), Errc::closed);
        EXPECT_EQ(code_of(pair.client->flush_async(nullptr)), Errc::invalid_argument);
    }
    EXPECT_THAT(seen.wait(3), ElementsAre(Errc::unspecified, Errc::timeout, Errc::disconnected));
}

TEST(SubscribeAsync, PassesTheHandle) {
    Pair pair;
    Collected<bool> active;
    ASSERT_TRUE(pair.client->subscribe_async("a", [&](const Expected<Subscription>& result) {
        active.add(result && result->active());
    }));
    pair.peer.confirm_subscribe();
    EXPECT_THAT(active.wait(1), ElementsAre(true));
    // The handle was destroyed with the result.
    EXPECT_TRUE(pair.peer.read().has_unsubscribe());
    EXPECT_FALSE(pair.client->subscribe_async("a", nullptr));
    EXPECT_FALSE(pair.client->subscribe_async("a..b", [](const Expected<Subscription>&) {}));
}

TEST(SubscribeAsync, TimesOut) {
    Pair pair;
    Collected<Errc> seen;
    SubscribeOptions options;
    options.timeout = 1ms;
    const auto add = [&](const Expected<Subscription>& result) { seen.add(result.error().code); };
    ASSERT_TRUE(pair.client->subscribe_async("a", add, options));
    EXPECT_THAT(seen.wait(1), ElementsAre(Errc::timeout));
    EXPECT_EQ(pair.client->statistics().subscriptions, 0U);
}

TEST(DrainAsync, IsAllowedInsideACallback) {
    Collected<Status> seen;
    Pair pair;
    auto subscribing = meanwhile([&] {
        return pair.client->subscribe("a", [&](const Message&) {
            EXPECT_TRUE(pair.client->drain_async([&](const Expected<void>& result) {
                EXPECT_TRUE(result);
                seen.add(pair.client->status());
            }));
        });
    });
    const auto id = pair.peer.confirm_subscribe().subscription();
    auto subscription = subscribing.get();
    ASSERT_TRUE(subscription);
    pair.peer.deliver(id, "a", "1");
    (void)pair.peer.read_until(v1::Frame::kUnsubscribe);
    v1::Frame ended;
    ended.mutable_unsubscribed()->set_subscription(id);
    pair.peer.send(ended);
    pair.peer.answer_flush();
    (void)pair.peer.read_until(v1::Frame::kGoodbye);
    pair.peer.close();
    EXPECT_THAT(seen.wait(1), ElementsAre(Status::closed));
}

TEST(NotifyWhenReady, CallsOnceForAMessageOrTheEnd) {
    Pair pair;
    Collected<int> calls;
    auto subscribing = meanwhile([&] { return pair.client->subscribe("a"); });
    const auto id = pair.peer.confirm_subscribe().subscription();
    auto subscription = subscribing.get().value();
    ASSERT_TRUE(subscription.notify_when_ready([&] { calls.add(1); }));
    pair.peer.deliver(id, "a", "1");
    pair.peer.deliver(id, "a", "2");
    EXPECT_THAT(calls.wait(1), ElementsAre(1));
    EXPECT_FALSE(subscription.notify_when_ready([&] { calls.add(2); })) << "a message is there";
    EXPECT_TRUE(subscription.next(10s));
    EXPECT_TRUE(subscription.next(10s));
    ASSERT_TRUE(subscription.notify_when_ready([&] { calls.add(3); }));
    ASSERT_TRUE(subscription.unsubscribe());
    EXPECT_THAT(calls.wait(2), ElementsAre(1, 3));
    EXPECT_FALSE(subscription.notify_when_ready([&] { calls.add(4); })) << "it has ended";
    EXPECT_FALSE(Subscription().notify_when_ready([] {}));
}

}  // namespace
}  // namespace telex::test

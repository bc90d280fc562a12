#include "unit/client/support.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace telex::test {
namespace {

Subscription subscribe_pull(Pair& pair, SubscribeOptions options = {}) {
    auto subscribing = meanwhile([&] { return pair.client->subscribe("s.>", options); });
    (void)pair.peer.confirm_subscribe();
    return subscribing.get().value();
}

Subscription subscribe_callback(Pair& pair, MessageHandler handler, SubscribeOptions options = {}) {
    auto subscribing =
        meanwhile([&] { return pair.client->subscribe("s.>", std::move(handler), options); });
    (void)pair.peer.confirm_subscribe();
    return subscribing.get().value();
}

TEST(Subscribe, SendsTheOptions) {
    Pair pair;
    SubscribeOptions options;
    options.queue_group = "workers";
    options.slow_policy = SlowPolicy::drop_oldest;
    options.credit = 10;
    options.max_messages = 5;
    auto subscribing = meanwhile([&] { return pair.client->subscribe("s.*", options); });
    const v1::Subscribe frame = pair.peer.confirm_subscribe();
    EXPECT_NE(frame.subscription(), 0U);
    EXPECT_EQ(frame.filter(), "s.*");
    EXPECT_EQ(frame.queue_group(), "workers");
    EXPECT_EQ(frame.slow_policy(), v1::SLOW_POLICY_DROP_OLDEST);
    EXPECT_EQ(frame.credit(), 10U);
    EXPECT_EQ(frame.max_messages(), 5U);
    EXPECT_TRUE(subscribing.get());
}

TEST(Subscribe, ReturnsOnlyWhenConfirmed) {
    Pair pair;
    SubscribeOptions options;
    options.timeout = 20ms;
    const auto subscription = pair.client->subscribe("s", options);
    ASSERT_FALSE(subscription);
    EXPECT_EQ(subscription.error().code, Errc::timeout);
    // The exchange receives the unsubscribe.
    const auto id = pair.peer.read().subscribe().subscription();
    EXPECT_EQ(pair.peer.read().unsubscribe().subscription(), id);
    EXPECT_EQ(pair.client->statistics().subscriptions, 0U);
}

TEST(Subscribe, ReturnsTheExchangesError) {
    Pair pair;
    auto subscribing = meanwhile([&] { return pair.client->subscribe("_REPLY.x"); });
    const auto id = pair.peer.read().subscribe().subscription();
    pair.peer.send_error(v1::RESERVED_SUBJECT, false, id);
    const auto subscription = subscribing.get();
    ASSERT_FALSE(subscription);
    EXPECT_EQ(subscription.error(), (Error{Errc::reserved_subject, "because"}));
}

TEST(Subscribe, AsynchronousRefusalsGoToOnError) {
    Collected<Error> errors;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.on_error = [&](const Error& error) { errors.add(error); };
    });
    SubscribeOptions options;
    options.wait = false;
    auto subscription = pair.client->subscribe("_REPLY.x", options);
    ASSERT_TRUE(subscription);
    pair.peer.send_error(v1::RESERVED_SUBJECT, false, pair.peer.read().subscribe().subscription());
    EXPECT_EQ(errors.wait(1).size(), 1U);
    EXPECT_EQ(subscription->next(1s).error().code, Errc::reserved_subject);
    EXPECT_FALSE(subscription->active());
}

TEST(Subscribe, ArgumentsAreChecked) {
    Pair pair;
    const auto code = [&](std::string_view filter, const SubscribeOptions& options) {
        return pair.client->subscribe(filter, options).error().code;
    };
    EXPECT_EQ(code("a..b", {}), Errc::bad_subject);
    SubscribeOptions options;
    options.queue_group = "a b";
    EXPECT_EQ(code("a", options), Errc::bad_queue_group);
    options = {};
    options.credit = 0;
    EXPECT_EQ(code("a", options), Errc::invalid_argument);
    options = {};
    options.max_messages = 0;
    EXPECT_EQ(code("a", options), Errc::invalid_argument);
    options = {};
    options.max_pending_messages = 0;
    EXPECT_EQ(code("a", options), Errc::invalid_argument);
    EXPECT_FALSE(pair.client->subscribe("a", MessageHandler{}));
}

TEST(Subscribe, CallbackSeesMessagesInOrder) {
    Pair pair;
    Collected<std::string> seen;
    const auto subscription =
        subscribe_callback(pair, [&](const Message& message) { seen.add(message.payload); });
    std::vector<std::string> sent;
    for (int number = 0; number < 500; ++number) {
        sent.push_back(std::to_string(number));
        pair.peer.deliver(1, "s.t", sent.back());
    }
    EXPECT_EQ(seen.wait(sent.size()), sent);
    EXPECT_EQ(subscription.statistics().received, sent.size());
    EXPECT_EQ(pair.client->statistics().received_messages, sent.size());
}

TEST(Subscribe, NextReturnsMessagesInOrder) {
    Pair pair;
    Subscription subscription = subscribe_pull(pair);
    EXPECT_FALSE(subscription.try_next());
    EXPECT_EQ(subscription.next(1ms).error().code, Errc::timeout);
    pair.peer.deliver(1, "s.t", "1", "_REPLY.1");
    pair.peer.deliver(1, "s.t", "2");
    const auto first = subscription.next(10s);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->payload, "1");
    EXPECT_EQ(first->reply_to, "_REPLY.1");
    EXPECT_EQ(subscription.next(10s)->payload, "2");
    EXPECT_EQ(subscription.statistics().delivered, 2U);
}

TEST(Subscribe, NextOnACallbackSubscriptionIsRefused) {
    Pair pair;
    Subscription subscription = subscribe_callback(pair, [](const Message&) {});
    EXPECT_EQ(subscription.next(0ms).error().code, Errc::invalid_argument);
}

TEST(Subscribe, ReturnsCreditInHalves) {
    Pair pair;
    SubscribeOptions options;
    options.credit = 4;
    Subscription subscription = subscribe_pull(pair, options);
    for (int number = 0; number < 4; ++number) {
        pair.peer.deliver(1, "s.t", "");
    }
    ASSERT_TRUE(subscription.next(10s));
    ASSERT_TRUE(subscription.next(10s));
    const v1::Frame credit = pair.peer.read();
    EXPECT_EQ(credit.credit().subscription(), 1U);
    EXPECT_EQ(credit.credit().messages(), 2U);
}

TEST(Subscribe, LeavesManualCreditToTheApplication) {
    Pair pair;
    SubscribeOptions options;
    options.credit = 1;
    options.automatic_credit = false;
    Subscription subscription = subscribe_pull(pair, options);
    pair.peer.deliver(1, "s.t", "");
    ASSERT_TRUE(subscription.next(10s));
    ASSERT_TRUE(subscription.add_credit(7));
    EXPECT_EQ(pair.peer.read().credit().messages(), 7U);
    EXPECT_EQ(subscription.add_credit(0).error().code, Errc::invalid_argument);
}

TEST(Subscribe, MaxMessagesEndsIt) {
    Pair pair;
    Subscription subscription = subscribe_pull(pair);
    pair.peer.deliver(1, "s.t", "last");
    v1::Frame end;
    end.mutable_unsubscribed()->set_subscription(1);
    end.mutable_unsubscribed()->set_dropped(3);
    pair.peer.send(end);
    EXPECT_EQ(subscription.next(10s)->payload, "last");
    EXPECT_EQ(subscription.next(10s).error().code, Errc::subscription_ended);
    EXPECT_EQ(subscription.statistics().dropped_by_exchange, 3U);
}

TEST(Subscribe, AFullLocalQueueDropsTheNewestAndReportsItOnce) {
    Collected<Error> errors;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.on_error = [&](const Error& error) { errors.add(error); };
    });
    SubscribeOptions options;
    options.max_pending_messages = 2;
    Subscription subscription = subscribe_pull(pair, options);
    for (const char* payload : {"1", "2", "3", "4"}) {
        pair.peer.deliver(1, "s.t", payload);
    }
    pair.peer.send_error(v1::INTERNAL, false);  // marks the end of what was delivered
    const auto seen = errors.wait(2);
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0].code, Errc::messages_dropped);
    EXPECT_EQ(seen[1].code, Errc::internal);
    EXPECT_EQ(subscription.statistics().dropped, 2U);
    EXPECT_EQ(subscription.next(0ms)->payload, "1");
    EXPECT_EQ(subscription.next(0ms)->payload, "2");
    EXPECT_FALSE(subscription.try_next());
    EXPECT_EQ(pair.client->statistics().dropped_messages, 2U);
}

TEST(Subscribe, PendingBytesAreLimitedToo) {
    Collected<Error> errors;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.on_error = [&](const Error& error) { errors.add(error); };
    });
    SubscribeOptions options;
    options.max_pending_bytes = 3000;
    Subscription subscription = subscribe_pull(pair, options);
    pair.peer.deliver(1, "s.t", std::string(2000, 'x'));
    pair.peer.deliver(1, "s.t", std::string(2000, 'x'));
    // Both have come before the first is taken.
    EXPECT_EQ(errors.wait(1).at(0).code, Errc::messages_dropped);
    EXPECT_TRUE(subscription.next(0ms));
    EXPECT_FALSE(subscription.try_next());
    EXPECT_EQ(subscription.statistics().dropped, 1U);
}

TEST(Subscribe, NoCallbackRunsAfterTheHandleIsDestroyed) {
    Pair pair;
    Collected<int> entered;
    std::promise<void> release;
    auto released = release.get_future().share();
    bool finished = false;
    std::optional<Subscription> subscription = subscribe_callback(pair, [&](const Message&) {
        entered.add(1);
        released.wait();
        finished = true;
    });
    pair.peer.deliver(1, "s.t", "1");
    pair.peer.deliver(1, "s.t", "2");
    ASSERT_EQ(entered.wait(1).size(), 1U);
    auto destroying = meanwhile([&] { subscription.reset(); });
    EXPECT_EQ(pair.peer.read().unsubscribe().subscription(), 1U);
    release.set_value();
    destroying.get();
    EXPECT_TRUE(finished);  // a race here would be seen by the sanitizer
    EXPECT_EQ(entered.wait(1).size(), 1U);
}

TEST(Subscribe, MayEndInsideItsOwnCallback) {
    Pair pair;
    Collected<int> seen;
    std::optional<Subscription> subscription;
    std::promise<void> assigned;
    subscription = subscribe_callback(pair, [&](const Message&) {
        assigned.get_future().wait();
        subscription.reset();
        seen.add(1);
    });
    assigned.set_value();
    pair.peer.deliver(1, "s.t", "1");
    EXPECT_EQ(seen.wait(1).size(), 1U);
    EXPECT_EQ(pair.peer.read().unsubscribe().subscription(), 1U);
}

TEST(Subscribe, ADetachedOneLivesOn) {
    Pair pair;
    Collected<int> seen;
    subscribe_callback(pair, [&](const Message&) { seen.add(1); }).detach();
    pair.peer.deliver(1, "s.t", "1");
    EXPECT_EQ(seen.wait(1).size(), 1U);
}

TEST(Subscribe, AnEmptyHandleReturnsErrors) {
    Subscription empty;
    EXPECT_EQ(empty.next(0ms).error().code, Errc::subscription_ended);
    EXPECT_EQ(empty.add_credit(1).error().code, Errc::subscription_ended);
    EXPECT_EQ(empty.unsubscribe().error().code, Errc::subscription_ended);
    EXPECT_EQ(empty.drain().error().code, Errc::subscription_ended);
    EXPECT_FALSE(empty.active());
    EXPECT_EQ(empty.filter(), "");
}

}  // namespace
}  // namespace telex::test

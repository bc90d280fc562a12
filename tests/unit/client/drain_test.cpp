#include "unit/client/support.hpp"

#include <gtest/gtest.h>

namespace telex::test {
namespace {

void confirm_unsubscribe(FakePeer& peer) {
    const v1::Frame frame = peer.read_until(v1::Frame::kUnsubscribe);
    v1::Frame answer;
    answer.mutable_unsubscribed()->set_subscription(frame.unsubscribe().subscription());
    peer.send(answer);
}

TEST(Drain, DeliversMessagesInTransitThenFlushesAndCloses) {
    Pair pair;
    Collected<std::string> seen;
    auto subscribing = meanwhile([&] {
        return pair.client->subscribe("s", [&](const Message& message) {
            seen.add(message.payload);
            ASSERT_TRUE(pair.client->publish("out", message.payload));
        });
    });
    const auto id = pair.peer.confirm_subscribe().subscription();
    auto subscription = subscribing.get();
    auto draining = meanwhile([&] { return pair.client->drain(); });
    const v1::Frame unsubscribe = pair.peer.read();
    EXPECT_EQ(unsubscribe.unsubscribe().subscription(), id);
    pair.peer.deliver(id, "s", "late");
    v1::Frame end;
    end.mutable_unsubscribed()->set_subscription(id);
    pair.peer.send(end);
    EXPECT_EQ(pair.peer.read().message().payload(), "late");  // published by the callback
    pair.peer.answer_flush();
    EXPECT_TRUE(pair.peer.read().has_goodbye());
    EXPECT_TRUE(pair.peer.at_end());
    pair.peer.close();
    EXPECT_TRUE(draining.get());
    EXPECT_EQ(seen.wait(1).size(), 1U);
    EXPECT_EQ(pair.client->status(), Status::closed);
    EXPECT_EQ(pair.client->publish("a", "").error().code, Errc::closed);
}

TEST(Drain, WaitsForReplies) {
    Pair pair;
    auto asking = request_later(*pair.client, "svc", "");
    const v1::Frame request = pair.peer.read();
    auto draining = meanwhile([&] { return pair.client->drain(); });
    EXPECT_TRUE(pair.peer.silent_for(30)) << "the flush must wait for the answer";
    v1::Frame answer;
    answer.set_request(request.request());
    answer.mutable_message()->set_subject("r");
    pair.peer.send(answer);
    pair.peer.answer_flush();
    pair.peer.close();
    EXPECT_TRUE(draining.get());
    EXPECT_TRUE(asking.get());
}

TEST(Drain, ClosesEvenOnTimeout) {
    Pair pair(FakeServer::Kind::tcp, {}, [](ClientOptions& options) {
        options.close_timeout = 10ms;
    });
    const auto result = pair.client->drain(20ms);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::timeout);
    EXPECT_EQ(pair.client->status(), Status::closed);
}

TEST(Drain, InsideACallbackIsRejectedWithoutEffect) {
    Pair pair;
    Collected<Errc> codes;
    auto subscribing = meanwhile([&] {
        return pair.client->subscribe("s", [&](const Message&) {
            codes.add(pair.client->drain().error().code);
        });
    });
    const auto id = pair.peer.confirm_subscribe().subscription();
    auto subscription = subscribing.get();
    pair.peer.deliver(id, "s", "");
    EXPECT_EQ(codes.wait(1), std::vector{Errc::would_deadlock});
    EXPECT_EQ(pair.client->status(), Status::connected);
}

TEST(Drain, OfASubscriptionKeepsReceivedMessagesReadable) {
    Pair pair;
    auto subscribing = meanwhile([&] { return pair.client->subscribe("s"); });
    (void)pair.peer.confirm_subscribe();
    Subscription subscription = subscribing.get().value();
    pair.peer.deliver(1, "s", "1");
    auto draining = meanwhile([&] { return subscription.drain(); });
    confirm_unsubscribe(pair.peer);
    EXPECT_TRUE(draining.get());
    EXPECT_EQ(subscription.next(0ms)->payload, "1");
    EXPECT_EQ(subscription.next(0ms).error().code, Errc::subscription_ended);
    EXPECT_EQ(pair.client->status(), Status::connected);
}

TEST(Drain, OfASubscriptionFailsWithTheConnection) {
    Pair pair;
    auto subscribing = meanwhile([&] { return pair.client->subscribe("s"); });
    (void)pair.peer.confirm_subscribe();
    Subscription subscription = subscribing.get().value();
    auto draining = meanwhile([&] { return subscription.drain(); });
    (void)pair.peer.read_until(v1::Frame::kUnsubscribe);
    pair.peer.close();
    const auto result = draining.get();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::disconnected);
}

}  // namespace
}  // namespace telex::test

#include "unit/client/support.hpp"

#include <gtest/gtest.h>

namespace telex::test {
namespace {

TEST(Close, SendsTheBufferThenGoodbye) {
    Pair pair;
    for (int number = 0; number < 100; ++number) {
        ASSERT_TRUE(pair.client->publish("a", std::to_string(number)));
    }
    auto closing = meanwhile([&] { pair.client->close(); });
    for (int number = 0; number < 100; ++number) {
        ASSERT_EQ(pair.peer.read().message().payload(), std::to_string(number));
    }
    EXPECT_TRUE(pair.peer.read().has_goodbye());
    EXPECT_TRUE(pair.peer.at_end());
    pair.peer.close();
    closing.get();
    EXPECT_EQ(pair.client->status(), Status::closed);
    EXPECT_EQ(pair.client->statistics().unsent_messages, 0U);
}

TEST(Close, TheDestructorSendsTheBufferToo) {
    Pair pair;
    ASSERT_TRUE(pair.client->publish("a", "last words"));
    auto destroying = meanwhile([&] { pair.client.reset(); });
    EXPECT_EQ(pair.peer.read().message().payload(), "last words");
    EXPECT_TRUE(pair.peer.read().has_goodbye());
    pair.peer.close();
    destroying.get();
}

TEST(Close, IsIdempotentAndFinal) {
    Collected<int> closed;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.on_closed = [&] { closed.add(1); };
        options.close_timeout = 10ms;
    });
    pair.client->close();
    pair.client->close();
    EXPECT_EQ(closed.wait(1).size(), 1U);
    EXPECT_EQ(pair.client->publish("a", "").error().code, Errc::closed);
    EXPECT_EQ(pair.client->subscribe("a").error().code, Errc::closed);
    EXPECT_EQ(pair.client->request("a", "").error().code, Errc::closed);
    EXPECT_EQ(pair.client->flush().error().code, Errc::closed);
    EXPECT_EQ(pair.client->drain().error().code, Errc::closed);
}

TEST(Close, WaitsNoLongerThanItsTimeout) {
    Pair pair(FakeServer::Kind::tcp, {}, [](ClientOptions& options) {
        options.close_timeout = 20ms;
    });
    pair.client->close();  // the server neither reads nor closes
    EXPECT_EQ(pair.client->status(), Status::closed);
}

TEST(Close, PendingRequestsFail) {
    Pair pair(FakeServer::Kind::tcp, {}, [](ClientOptions& options) {
        options.close_timeout = 10ms;
    });
    Collected<Errc> codes;
    auto future = request_later(*pair.client, "svc", "");
    ASSERT_TRUE(pair.client->request_async("svc", "", [&](const Expected<Message>& answer) {
        codes.add(answer.error().code);
    }));
    pair.client.reset();
    EXPECT_EQ(future.get().error().code, Errc::closed);
    EXPECT_EQ(codes.wait(1), std::vector{Errc::closed});
}

TEST(Close, InsideACallbackWorks) {
    Collected<std::string> events;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.close_timeout = 10ms;
        options.on_closed = [&] { events.add("closed"); };
    });
    auto subscribing = meanwhile([&] {
        return pair.client->subscribe("s", [&](const Message& message) {
            pair.client->close();
            events.add(message.payload);
        });
    });
    const auto id = pair.peer.confirm_subscribe().subscription();
    auto subscription = subscribing.get();
    pair.peer.deliver(id, "s", "1");
    pair.peer.deliver(id, "s", "2");
    EXPECT_EQ(events.wait(2), (std::vector<std::string>{"1", "closed"}));
    EXPECT_EQ(pair.client->status(), Status::closed);
}

TEST(Close, TheClientMayBeDestroyedInsideACallback) {
    Collected<std::string> events;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.close_timeout = 10ms;
        options.on_closed = [&] { events.add("closed"); };
    });
    auto subscribing = meanwhile([&] {
        return pair.client->subscribe("s", [&](const Message&) {
            pair.client.reset();
            events.add("destroyed");
        });
    });
    const auto id = pair.peer.confirm_subscribe().subscription();
    subscribing.get()->detach();
    pair.peer.deliver(id, "s", "1");
    EXPECT_EQ(events.wait(2), (std::vector<std::string>{"destroyed", "closed"}));
}

TEST(Close, HandlesOutliveTheClient) {
    Pair pair(FakeServer::Kind::tcp, {}, [](ClientOptions& options) {
        options.close_timeout = 10ms;
    });
    auto subscribing = meanwhile([&] { return pair.client->subscribe("s"); });
    (void)pair.peer.confirm_subscribe();
    Subscription subscription = subscribing.get().value();
    pair.peer.deliver(1, "s", "1");
    ASSERT_TRUE(subscription.next(10s));
    pair.client.reset();
    EXPECT_EQ(subscription.next(10s).error().code, Errc::closed);
    EXPECT_EQ(subscription.add_credit(1).error().code, Errc::closed);
    EXPECT_EQ(subscription.drain().error().code, Errc::closed);
}

TEST(Close, WhileConnectingEndsAtOnce) {
    FakeServer silent;
    ClientOptions options = options_for(silent);
    options.attempt_timeout = 60s;
    auto client = Client::connect_in_background(options);
    ASSERT_TRUE(client);
    FakePeer peer = silent.accept();
    client->close();
    EXPECT_EQ(client->status(), Status::closed);
}

TEST(Close, AMovedClientWorks) {
    Pair pair;
    Client moved = *std::move(pair.client);
    ASSERT_TRUE(moved.publish("a", "1"));
    EXPECT_EQ(pair.peer.read().message().payload(), "1");
    pair.peer.close();
}

}  // namespace
}  // namespace telex::test

#include "unit/client/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace telex::test {
namespace {

TEST(Reconnect, ARestartedServerGetsSubscriptionsThenTheBuffer) {
    for (const auto kind : {FakeServer::Kind::tcp, FakeServer::Kind::unix_stream}) {
        Collected<Error> lost;
        Collected<std::string> connected;
        Pair pair(kind, {}, [&](ClientOptions& options) {
            options.on_disconnected = [&](const Error& error) { lost.add(error); };
            options.on_connected = [&](const ServerInfo& info) { connected.add(info.name); };
        });
        auto subscribing = meanwhile([&] { return pair.client->subscribe("s.>"); });
        const auto id = pair.peer.confirm_subscribe().subscription();
        Subscription subscription = subscribing.get().value();

        pair.server.stop_listening();
        pair.peer.close();
        ASSERT_EQ(lost.wait(1).size(), 1U);
        EXPECT_NE(pair.client->status(), Status::connected);
        ASSERT_TRUE(pair.client->publish("a", "while down"));
        pair.server.listen();

        FakePeer peer = pair.server.accept_client();
        const v1::Frame first = peer.read();
        EXPECT_EQ(first.subscribe().subscription(), id);
        EXPECT_EQ(first.subscribe().filter(), "s.>");
        EXPECT_EQ(peer.read().message().payload(), "while down");
        peer.deliver(id, "s.t", "again");
        EXPECT_EQ(subscription.next(10s)->payload, "again");
        EXPECT_EQ(connected.wait(2).size(), 2U);
        EXPECT_EQ(pair.client->statistics().connects, 2U);
    }
}

TEST(Reconnect, PublishesBeforeTheFirstConnectionAreKept) {
    FakeServer server;
    server.stop_listening();
    auto client = Client::connect_in_background(options_for(server));
    ASSERT_TRUE(client);
    EXPECT_EQ(client->status(), Status::connecting);
    ASSERT_TRUE(client->publish("a", "early"));
    SubscribeOptions options;
    options.wait = false;
    const auto subscription = client->subscribe("s", options);
    ASSERT_TRUE(subscription);
    server.listen();
    FakePeer peer = server.accept_client();
    EXPECT_EQ(peer.read().subscribe().filter(), "s");
    EXPECT_EQ(peer.read().message().payload(), "early");
}

TEST(Reconnect, LimitsTheBufferWhileDisconnected) {
    FakeServer server;
    server.stop_listening();
    ClientOptions options = options_for(server);
    options.when_full = WhenFull::fail;
    options.max_buffered_bytes = 10000;
    auto client = Client::connect_in_background(options);
    ASSERT_TRUE(client);
    const std::string payload(3000, 'x');
    Expected<void> result;
    int accepted = -1;
    for (; result; ++accepted) {
        result = client->publish("a", payload);
    }
    EXPECT_EQ(accepted, 3);
    EXPECT_EQ(result.error().code, Errc::buffer_full);
    client->close();
    EXPECT_EQ(client->statistics().unsent_messages, 3U);
}

// A client that comes back just as the exchange stops again.
TEST(Reconnect, KeepsASubscriptionRejectedByAStoppingExchange) {
    Collected<std::string> received;
    Collected<Error> errors;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.on_error = [&](const Error& error) { errors.add(error); };
        options.reconnect.initial_delay = 1ms;
    });
    auto subscribing = meanwhile([&] {
        return pair.client->subscribe("a", [&](const Message& message) {
            received.add(message.payload);
        });
    });
    const std::uint64_t id = pair.peer.confirm_subscribe().subscription();
    const auto subscription = subscribing.get();
    ASSERT_TRUE(subscription);
    pair.peer.close();
    FakePeer stopping = pair.server.accept_client();
    EXPECT_EQ(stopping.read().subscribe().subscription(), id);
    stopping.send_error(v1::SHUTTING_DOWN, false, id);
    stopping.goodbye(true);
    stopping.close();
    FakePeer next = pair.server.accept_client();
    EXPECT_EQ(next.confirm_subscribe().subscription(), id);
    next.deliver(id, "a", "there");
    EXPECT_EQ(received.wait(1).front(), "there");
    EXPECT_TRUE(errors.wait(0).empty());
}

TEST(Reconnect, ConnectsToAnotherServerAfterGoodbye) {
    FakeServer first;
    FakeServer second;
    ClientOptions options = options_for(first);
    options.servers.push_back(second.url());
    auto connecting = meanwhile([&] { return Client::connect(options); });
    FakePeer peer = first.accept_client();
    auto client = connecting.get();
    ASSERT_TRUE(client);

    auto asking = request_later(*client, "svc", "");
    const v1::Frame request = peer.read();
    peer.goodbye(true);
    while (client->status() == Status::connected) {
        std::this_thread::yield();
    }
    // Nothing more is sent here, but the last answer is still taken.
    ASSERT_TRUE(client->publish("a", "kept"));
    v1::Frame answer;
    answer.set_request(request.request());
    answer.mutable_message()->set_subject("r");
    peer.send(answer);
    EXPECT_TRUE(asking.get());
    EXPECT_TRUE(peer.at_end());
    peer.close();

    FakePeer next = second.accept_client();
    EXPECT_EQ(next.read().message().payload(), "kept");
    EXPECT_EQ(client->server_info()->url, second.url());
}

TEST(Reconnect, ReportsTheReasonOfAClosingError) {
    Collected<Error> lost;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.on_disconnected = [&](const Error& error) { lost.add(error); };
    });
    pair.peer.send_error(v1::SLOW_CONSUMER, true);
    EXPECT_TRUE(pair.peer.at_end());
    pair.peer.close();
    EXPECT_EQ(lost.wait(1), (std::vector{Error{Errc::slow_consumer, "because"}}));
    FakePeer again = pair.server.accept_client();
}

TEST(Reconnect, ABrokenFrameEndsTheConnection) {
    Collected<Error> lost;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.on_disconnected = [&](const Error& error) { lost.add(error); };
        options.max_frame_bytes = 1000;
    });
    pair.peer.send_bytes("\xFF\x7F");  // 16,383 bytes are announced
    ASSERT_EQ(lost.wait(1).size(), 1U);
    EXPECT_EQ(lost.wait(1)[0].code, Errc::server_protocol_error);
}

TEST(Reconnect, TheClientClosesIfDisabled) {
    Collected<int> closed;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.reconnect.enabled = false;
        options.on_closed = [&] { closed.add(1); };
    });
    auto subscribing = meanwhile([&] { return pair.client->subscribe("s"); });
    (void)pair.peer.confirm_subscribe();
    Subscription subscription = subscribing.get().value();
    pair.peer.close();
    EXPECT_EQ(closed.wait(1).size(), 1U);
    EXPECT_EQ(pair.client->status(), Status::closed);
    EXPECT_EQ(pair.client->publish("a", "").error().code, Errc::closed);
    EXPECT_EQ(subscription.next(10s).error().code, Errc::closed);
}

TEST(Reconnect, ReportsBufferedMessagesOverTheLimitOfANewServer) {
    Collected<Error> errors;
    FakeServer server;
    server.stop_listening();
    ClientOptions options = options_for(server);
    options.on_error = [&](const Error& error) { errors.add(error); };
    auto client = Client::connect_in_background(options);
    ASSERT_TRUE(client);
    ASSERT_TRUE(client->publish("a", std::string(5000, 'x')));
    ASSERT_TRUE(client->publish("a", "small"));
    server.listen();
    v1::Limits limits;
    limits.set_max_frame_bytes(1000);
    FakePeer peer = server.accept_client(limits);
    EXPECT_EQ(peer.read().message().payload(), "small");
    ASSERT_EQ(errors.wait(1).size(), 1U);
    EXPECT_EQ(errors.wait(1)[0].code, Errc::frame_too_large);
    EXPECT_EQ(client->statistics().unsent_messages, 1U);
}

TEST(Reconnect, CreditAndMaxMessagesContinue) {
    Pair pair;
    SubscribeOptions options;
    options.credit = 10;
    options.automatic_credit = false;
    options.max_messages = 5;
    auto subscribing = meanwhile([&] { return pair.client->subscribe("s", options); });
    (void)pair.peer.confirm_subscribe();
    Subscription subscription = subscribing.get().value();
    pair.peer.deliver(1, "s", "1");
    pair.peer.deliver(1, "s", "2");
    ASSERT_TRUE(subscription.next(10s));
    ASSERT_TRUE(subscription.next(10s));
    pair.peer.close();
    FakePeer peer = pair.server.accept_client();
    const v1::Frame again = peer.read();
    EXPECT_EQ(again.subscribe().credit(), 8U);
    EXPECT_EQ(again.subscribe().max_messages(), 3U);
}

TEST(Reconnect, WithoutCreditTheSubscriptionWaits) {
    Pair pair;
    SubscribeOptions options;
    options.credit = 1;
    options.automatic_credit = false;
    auto subscribing = meanwhile([&] { return pair.client->subscribe("s", options); });
    (void)pair.peer.confirm_subscribe();
    Subscription subscription = subscribing.get().value();
    pair.peer.deliver(1, "s", "1");
    ASSERT_TRUE(subscription.next(10s));
    pair.peer.close();
    FakePeer peer = pair.server.accept_client();
    // On the wire a credit of zero would mean no limit, so nothing is subscribed yet.
    auto flushing = meanwhile([&] { return pair.client->flush(); });
    const v1::Frame flush = peer.read();
    ASSERT_TRUE(flush.has_flush()) << flush.ShortDebugString();
    v1::Frame flushed;
    flushed.mutable_flushed()->set_id(flush.flush().id());
    peer.send(flushed);
    ASSERT_TRUE(flushing.get());
    ASSERT_TRUE(subscription.add_credit(4));
    EXPECT_EQ(peer.read().subscribe().credit(), 4U);
}

}  // namespace
}  // namespace telex::test

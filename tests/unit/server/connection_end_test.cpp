// Connections end without a trace, whatever their state.
#include "server/connection/connection.hpp"
#include "support/memory_server.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace telex::server {
namespace {

using telex::testing::MemoryServer;
using telex::testing::MemoryTelex;

void await_connections(MemoryServer& server, std::uint64_t count) {
    while (server.stats().connections() != count) {
        std::this_thread::yield();
    }
}

TEST(ConnectionEnd, BeforeItsFirstByte) {
    MemoryServer server(1);
    MemoryTelex client(server.connect());
    client.stream().finish();
    EXPECT_EQ(client.next(), "end");
    await_connections(server, 0);
    EXPECT_EQ(server.stats().closed_connections().at("client_closed"), 1U);
}

TEST(ConnectionEnd, InTheMiddleOfItsHello) {
    MemoryServer server(1);
    {
        MemoryTelex client(server.connect());
        client.stream().send(MemoryTelex::framed(testing::hello()).substr(0, 1));
        server.settle();
    }
    await_connections(server, 0);
}

TEST(ConnectionEnd, WithPendingRequestsInBothDirections) {
    MemoryServer server(2);
    MemoryTelex responder(server.connect());
    responder.open();
    responder.send(testing::subscribe(1, "ask"));
    ASSERT_EQ(responder.next(), "subscribed 1");
    std::string reply_to;
    {
        MemoryTelex asker(server.connect());
        asker.open();
        asker.send(testing::request(1, "ask"));
        reply_to = responder.receive()->reply_to();
    }
    await_connections(server, 1);
    responder.send(testing::publish(reply_to, "too late"));
    responder.send(testing::ping(1));
    EXPECT_EQ(responder.next(), "pong 1");
    server.settle();
    EXPECT_EQ(server.stats().dropped_messages().at("late_answer"), 1U);
}

// One of many subscribers ends while a message fans out to all of them.
TEST(ConnectionEnd, DuringAFanOut) {
    constexpr std::size_t kSubscribers = 20;
    MemoryServer server(2);
    MemoryTelex publisher(server.connect());
    publisher.open();
    std::vector<MemoryTelex> subscribers;
    for (std::size_t i = 0; i < kSubscribers; ++i) {
        subscribers.emplace_back(server.connect());
        subscribers.back().open();
        subscribers.back().send(testing::subscribe(1, "all"));
        ASSERT_EQ(subscribers.back().next(), "subscribed 1");
    }
    while (subscribers.size() > 1) {
        publisher.send(testing::publish("all", "go"));
        subscribers.pop_back();
        ASSERT_EQ(subscribers.front().next(), "delivery 1 go");
    }
    await_connections(server, 2);
    server.settle();
    const v1::ServerStats stats = server.stats();
    EXPECT_EQ(stats.subscriptions(), 1U);
    EXPECT_EQ(stats.pending_bytes(), 0U);
}

// The client disconnects while it is being rejected.
TEST(ConnectionEnd, FromBothSidesAtOnce) {
    MemoryServer server(1);
    for (int i = 0; i < 50; ++i) {
        MemoryTelex client(server.connect());
        client.stream().send("\x01\xff");
        if (i % 2 == 0) {
            client.stream().finish();
        }
    }
    await_connections(server, 0);
    std::uint64_t ended = 0;
    const v1::ServerStats stats = server.stats();
    for (const auto& [reason, count] : stats.closed_connections()) {
        ended += count;
    }
    EXPECT_EQ(ended, 50U);
}

v1::Frame join_group(std::uint64_t id, std::string_view subject) {
    v1::Frame frame = testing::subscribe(id, subject);
    frame.mutable_subscribe()->set_queue_group("workers");
    return frame;
}

// On the reactor.
void for_each_connection(Worker& worker, const std::function<void(Connection&)>& visit) {
    worker.connections().for_each([&](Connection& connection) { visit(connection); });
}

// A member that is kicked and does not close its side: it is not chosen while it lingers.
TEST(ConnectionEnd, OfAKickedMemberLeavesTheGroupAtOnce) {
    MemoryServer server(2);
    MemoryTelex going(server.connect());
    going.open();
    MemoryTelex staying(server.connect());
    staying.open();
    for (MemoryTelex* const member : {&going, &staying}) {
        member->send(join_group(1, "jobs"));
        ASSERT_EQ(member->next(), "subscribed 1");
    }
    server.at(0, [&] {
        for_each_connection(server.worker(0), [](Connection& member) { member.kick(""); });
    });
    MemoryTelex publisher(server.connect());
    publisher.open();
    for (int i = 0; i < 100; ++i) {
        publisher.send(testing::publish("jobs", std::to_string(i)));
    }
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(staying.next(), "delivery 1 " + std::to_string(i));
    }
    server.at(1, [&] {
        for_each_connection(server.worker(1), [](Connection& member) { member.kick(""); });
    });
    publisher.send(testing::request(7, "jobs"));
    EXPECT_EQ(publisher.next(), "failed 7 NO_RESPONDERS");
    EXPECT_EQ(going.next(), "closing KICKED");
    EXPECT_TRUE(server.stats().dropped_messages().empty());
}

// Goodbye is not held back as publications are.
TEST(ConnectionEnd, OfAPausedPublisherComesAfterWhatItPublished) {
    MemoryServer server(1);
    MemoryTelex publisher(server.connect());
    publisher.open();
    server.at(0, [&] {
        for_each_connection(server.worker(0), [](Connection& connection) { connection.pause(); });
    });
    MemoryTelex subscriber(server.connect());
    subscriber.open();
    subscriber.send(testing::subscribe(1, "a"));
    ASSERT_EQ(subscriber.next(), "subscribed 1");
    publisher.send(testing::publish("a", "one"));
    publisher.send(testing::publish("a", "two"));
    publisher.send(testing::goodbye());
    server.settle();
    server.at(0, [&] {
        for_each_connection(server.worker(0), [](Connection& connection) {
            if (connection.number() == 1) {
                connection.resume();
            }
        });
    });
    EXPECT_EQ(subscriber.next(), "delivery 1 one");
    EXPECT_EQ(subscriber.next(), "delivery 1 two");
    EXPECT_EQ(publisher.next(), "end");
}

TEST(ConnectionEnd, WhileTheServerStops) {
    MemoryServer server(2);
    std::vector<MemoryTelex> clients;
    for (int i = 0; i < 10; ++i) {
        clients.emplace_back(server.connect());
        clients.back().open();
        clients.back().send(testing::subscribe(1, "all"));
        ASSERT_EQ(clients.back().next(), "subscribed 1");
    }
    std::thread leaving([&] { clients.erase(clients.begin(), clients.begin() + 5); });
    for (std::size_t i = 0; i < 2; ++i) {
        server.at(i, [&] { server.worker(i).begin_drain(); });
    }
    leaving.join();
    for (MemoryTelex& client : clients) {
        EXPECT_EQ(client.next(), "goodbye reconnect");
    }
    for (std::size_t i = 0; i < 2; ++i) {
        server.at(i, [&] { server.worker(i).abort_all(); });
    }
    for (MemoryTelex& client : clients) {
        EXPECT_EQ(client.next(), "end");
    }
    EXPECT_EQ(server.stats().connections(), 0U);
}

TEST(ConnectionEnd, OfANewConnectionWhileTheServerStops) {
    MemoryServer server(1);
    server.at(0, [&] { server.worker(0).begin_drain(); });
    MemoryTelex client(server.connect());
    EXPECT_EQ(client.next(), "closing SHUTTING_DOWN");
    EXPECT_EQ(client.next(), "end");
}

}  // namespace
}  // namespace telex::server

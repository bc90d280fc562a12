// Publishing and subscribing.
#include "place.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::conformance {
namespace {

using testing::TelexClient;

class Delivering : public Conformance {
protected:
    // Returns when the subscription is active on all reactors.
    static void subscribe(TelexClient& client, std::uint64_t id, const v1::Subscribe& how) {
        v1::Frame frame;
        *frame.mutable_subscribe() = how;
        frame.mutable_subscribe()->set_subscription(id);
        client.send(frame);
        ASSERT_EQ(client.next(), "subscribed " + std::to_string(id));
    }

    static v1::Subscribe to(std::string_view filter) {
        v1::Subscribe how;
        how.set_filter(std::string(filter));
        return how;
    }
};

TEST_P(Delivering, MatchesWildcards) {
    TelexClient subscriber = client();
    subscribe(subscriber, 1, to("log.*.error"));
    subscribe(subscriber, 2, to("log.>"));
    TelexClient publisher = client();
    publisher.send(testing::publish("log.db.error", "x"));
    const std::string first = subscriber.next();
    const std::string second = subscriber.next();
    EXPECT_EQ(std::min(first, second), "delivery 1 x");
    EXPECT_EQ(std::max(first, second), "delivery 2 x");
    publisher.send(testing::publish("log.db.info", "y"));
    EXPECT_EQ(subscriber.next(), "delivery 2 y");
    publisher.send(testing::publish("log", "z"));
    publisher.send(testing::flush(1));
    EXPECT_EQ(publisher.next(), "flushed 1");
    publisher.send(testing::publish("log.end", "end"));
    EXPECT_EQ(subscriber.next(), "delivery 2 end");
}

TEST_P(Delivering, ForwardsTheMessageVerbatim) {
    TelexClient subscriber = client();
    subscribe(subscriber, 1, to("a"));
    TelexClient publisher = client();
    v1::Frame frame = testing::publish("a", std::string("\0\xff\n", 3));
    v1::Message& message = *frame.mutable_message();
    message.set_reply("later.here");
    message.set_id("id-1");
    message.set_content_type("text/plain");
    auto& header = *message.add_headers();
    header.set_name("trace");
    header.set_value("7");
    publisher.send(frame);
    const auto delivered = subscriber.receive();
    ASSERT_TRUE(delivered);
    EXPECT_EQ(delivered->message().SerializeAsString(), message.SerializeAsString());
}

TEST_P(Delivering, KeepsTheOrderOfAPublisher) {
    TelexClient subscriber = client();
    subscribe(subscriber, 1, to("seq"));
    TelexClient publisher = client();
    for (int i = 0; i < 500; ++i) {
        publisher.send(testing::publish("seq", std::to_string(i)));
    }
    for (int i = 0; i < 500; ++i) {
        ASSERT_EQ(subscriber.next(), "delivery 1 " + std::to_string(i));
    }
}

TEST_P(Delivering, CarriesLargeMessages) {
    TelexClient subscriber = client();
    subscribe(subscriber, 1, to("big"));
    TelexClient publisher = client();
    // A packet must fit the send buffer of a packet socket.
    const std::size_t size = publisher.stream().keeps_packets() ? 100'000 : 900'000;
    const std::string payload(size, 'b');
    publisher.send(testing::publish("big", payload));
    const auto delivered = subscriber.receive();
    ASSERT_TRUE(delivered);
    EXPECT_TRUE(delivered->message().payload() == payload);
}

TEST_P(Delivering, SelectsOneMemberOfAQueueGroup) {
    v1::Subscribe grouped = to("job");
    grouped.set_queue_group("workers");
    std::vector<TelexClient> workers;
    for (int i = 0; i < 4; ++i) {
        workers.push_back(client());
        subscribe(workers.back(), 1, grouped);
    }
    TelexClient publisher = client();
    for (int i = 0; i < 40; ++i) {
        publisher.send(testing::publish("job", std::to_string(i)));
    }
    publisher.send(testing::flush(1));
    ASSERT_EQ(publisher.next(), "flushed 1");
    std::vector<int> times(40, 0);
    // A member's Unsubscribed follows all its deliveries.
    for (TelexClient& worker : workers) {
        worker.send(testing::unsubscribe(1));
        for (std::string received = worker.next(); received != "unsubscribed 1";
             received = worker.next()) {
            ++times[std::stoul(received.substr(std::string("delivery 1 ").size()))];
        }
    }
    EXPECT_EQ(times, std::vector<int>(40, 1));
}

TEST_P(Delivering, WaitsForCredit) {
    v1::Subscribe careful = to("a");
    careful.set_credit(2);
    TelexClient subscriber = client();
    subscribe(subscriber, 1, careful);
    TelexClient publisher = client();
    for (int i = 0; i < 4; ++i) {
        publisher.send(testing::publish("a", std::to_string(i)));
    }
    EXPECT_EQ(subscriber.next(), "delivery 1 0");
    EXPECT_EQ(subscriber.next(), "delivery 1 1");
    publisher.send(testing::flush(1));
    ASSERT_EQ(publisher.next(), "flushed 1");
    EXPECT_EQ(after_ping(subscriber, 5), "pong 5");
    subscriber.send(testing::credit(1, 2));
    EXPECT_EQ(subscriber.next(), "delivery 1 2");
    EXPECT_EQ(subscriber.next(), "delivery 1 3");
}

TEST_P(Delivering, EndsAfterMaxMessages) {
    v1::Subscribe limited = to("a");
    limited.set_max_messages(2);
    TelexClient subscriber = client();
    subscribe(subscriber, 1, limited);
    TelexClient publisher = client();
    for (int i = 0; i < 4; ++i) {
        publisher.send(testing::publish("a", std::to_string(i)));
    }
    EXPECT_EQ(subscriber.next(), "delivery 1 0");
    EXPECT_EQ(subscriber.next(), "delivery 1 1");
    EXPECT_EQ(subscriber.next(), "unsubscribed 1");
    subscribe(subscriber, 1, to("b"));
    publisher.send(testing::publish("b", "again"));
    EXPECT_EQ(subscriber.next(), "delivery 1 again");
}

TEST_P(Delivering, StopsWithUnsubscribeAndReportsCounts) {
    TelexClient subscriber = client();
    subscribe(subscriber, 1, to("a"));
    TelexClient publisher = client();
    publisher.send(testing::publish("a", "1"));
    EXPECT_EQ(subscriber.next(), "delivery 1 1");
    subscriber.send(testing::unsubscribe(1));
    const auto end = subscriber.receive();
    ASSERT_TRUE(end && end->has_unsubscribed());
    EXPECT_EQ(end->unsubscribed().delivered(), 1U);
    EXPECT_EQ(end->unsubscribed().dropped(), 0U);
    publisher.send(testing::publish("a", "2"));
    publisher.send(testing::flush(1));
    ASSERT_EQ(publisher.next(), "flushed 1");
    EXPECT_EQ(after_ping(subscriber, 9), "pong 9");
}

TEST_P(Delivering, SkipsThePublisherWithNoEcho) {
    TelexClient quiet = anonymous();
    v1::Frame hello = testing::hello();
    hello.mutable_hello()->set_no_echo(true);
    quiet.send(hello);
    ASSERT_EQ(quiet.next(), "welcome 1");
    subscribe(quiet, 1, to("a"));
    quiet.send(testing::publish("a", "mine"));
    quiet.send(testing::flush(1));
    EXPECT_EQ(quiet.next(), "flushed 1");
    TelexClient other = client();
    other.send(testing::publish("a", "theirs"));
    EXPECT_EQ(quiet.next(), "delivery 1 theirs");
}

TELEX_CONFORMANCE(Delivering);

}  // namespace
}  // namespace telex::conformance

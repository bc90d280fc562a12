// Invalid input causes an error with a code, and closes at most its own connection.
#include "place.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::conformance {
namespace {

using testing::TelexClient;

class Refusals : public Conformance {
protected:
    // The refusal leaves the connection open.
    void expect_error(const v1::Frame& said, const std::string& expected) {
        TelexClient client = this->client();
        client.send(said);
        EXPECT_EQ(client.next(), expected);
        EXPECT_EQ(after_ping(client, 1), "pong 1");
    }

    // The refusal closes this connection and no other.
    void expect_closed(TelexClient client, const std::string& expected) {
        TelexClient bystander = this->client();
        EXPECT_EQ(client.next(), expected);
        EXPECT_EQ(client.next(), "end");
        EXPECT_EQ(after_ping(bystander, 1), "pong 1");
    }

    static void send_raw(TelexClient& client, const std::string& frame) {
        std::string bytes = frame;
        if (!client.stream().keeps_packets()) {
            bytes.insert(bytes.begin(), static_cast<char>(frame.size()));
        }
        client.stream().send(bytes);
    }
};

TEST_P(Refusals, OfSubjects) {
    expect_error(testing::publish("a..b"), "error BAD_SUBJECT");
    expect_error(testing::publish("a.*"), "error WILDCARD_IN_PUBLISH");
    expect_error(testing::publish("$SYS.x"), "error RESERVED_SUBJECT");
    expect_error(testing::request(4, "a b"), "failed 4 BAD_SUBJECT");
    expect_error(testing::request(4, "_REPLY.1"), "failed 4 RESERVED_SUBJECT");
    expect_error(testing::subscribe(1, "a.>.b"), "error BAD_SUBJECT");
    expect_error(testing::subscribe(1, "_REPLY.>"), "error RESERVED_SUBJECT");
}

TEST_P(Refusals, OfSubscriptions) {
    expect_error(testing::subscribe(0, "a"), "error BAD_SUBSCRIPTION");
    v1::Frame grouped = testing::subscribe(1, "a");
    grouped.mutable_subscribe()->set_queue_group("two words");
    expect_error(grouped, "error BAD_QUEUE_GROUP");
    TelexClient client = this->client();
    client.send(testing::subscribe(1, "a"));
    EXPECT_EQ(client.next(), "subscribed 1");
    client.send(testing::subscribe(1, "b"));
    EXPECT_EQ(client.next(), "error BAD_SUBSCRIPTION");
    client.send(testing::unsubscribe(2));
    EXPECT_EQ(client.next(), "error BAD_SUBSCRIPTION");
}

TEST_P(Refusals, OverLimits) {
    options.session.max_subscriptions = 2;
    options.session.max_pending_requests = 1;
    options.session.max_headers = 1;
    TelexClient client = this->client();
    client.send(testing::subscribe(1, "svc.a"));
    client.send(testing::subscribe(2, "b"));
    EXPECT_EQ(client.next(), "subscribed 1");
    EXPECT_EQ(client.next(), "subscribed 2");
    client.send(testing::subscribe(3, "c"));
    EXPECT_EQ(client.next(), "error TOO_MANY_SUBSCRIPTIONS");
    v1::Frame wordy = testing::publish("a");
    wordy.mutable_message()->add_headers()->set_name("one");
    wordy.mutable_message()->add_headers()->set_name("two");
    client.send(wordy);
    EXPECT_EQ(client.next(), "error TOO_MANY_HEADERS");
    TelexClient requester = this->client();
    requester.send(testing::request(1));
    requester.send(testing::request(2));
    EXPECT_EQ(requester.next(), "failed 2 TOO_MANY_REQUESTS");
}

TEST_P(Refusals, OfTheFirstFrame) {
    TelexClient client = anonymous();
    client.send(testing::ping(1));
    expect_closed(std::move(client), "closing HELLO_REQUIRED");
}

TEST_P(Refusals, OfASecondHello) {
    TelexClient client = this->client();
    client.send(testing::hello());
    expect_closed(std::move(client), "closing HELLO_REPEATED");
}

TEST_P(Refusals, OfInvalidProtobuf) {
    TelexClient client = this->client();
    send_raw(client, "\x0a\xff");
    expect_closed(std::move(client), "closing BAD_MESSAGE");
}

TEST_P(Refusals, OfFramesThatOnlyTheExchangeSends) {
    TelexClient client = this->client();
    v1::Frame frame;
    frame.mutable_welcome()->set_version(1);
    client.send(frame);
    expect_closed(std::move(client), "closing UNEXPECTED_FRAME");
}

TEST_P(Refusals, OfAFrameOverTheLimit) {
    options.framing.max_frame_bytes = 50'000;
    options.session.max_frame_bytes = 50'000;
    TelexClient client = this->client();
    client.send(testing::publish("a", std::string(60'000, 'x')));
    expect_closed(std::move(client), "closing FRAME_TOO_LARGE");
}

TEST_P(Refusals, OfOtherProtocols) {
    const std::vector<std::string> openings = {
        "GET / HTTP/1.1\r\n\r\n",
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
        "SSH-2.0-OpenSSH_9.2\r\n",
    };
    for (const std::string& opening : openings) {
        TelexClient client = anonymous();
        client.stream().send(opening);
        expect_closed(std::move(client), "closing WRONG_PROTOCOL");
    }
    EXPECT_EQ(stats().refusals().at("WRONG_PROTOCOL"), openings.size());
}

TEST_P(Refusals, OfOneConnectionTooMany) {
    options.max_connections = 1;
    TelexClient first = client();
    TelexClient second = anonymous();
    EXPECT_EQ(second.next(), "closing TOO_MANY_CONNECTIONS");
    EXPECT_EQ(second.next(), "end");
    EXPECT_EQ(after_ping(first, 1), "pong 1");
}

TELEX_CONFORMANCE(Refusals);

}  // namespace
}  // namespace telex::conformance

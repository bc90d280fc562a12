// Handshake, controls and end of a connection.
#include "place.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::conformance {
namespace {

using testing::TelexClient;

class Conversation : public Conformance {};

TEST_P(Conversation, BeginsWithHelloAndWelcome) {
    TelexClient client = anonymous();
    client.send(testing::hello());
    const auto welcome = client.receive();
    ASSERT_TRUE(welcome && welcome->has_welcome());
    EXPECT_EQ(welcome->welcome().version(), 1U);
    EXPECT_EQ(welcome->welcome().server_name(), "telex");
    EXPECT_GT(welcome->welcome().limits().max_frame_bytes(), 0U);
}

TEST_P(Conversation, AcceptsAFrameByteByByte) {
    TelexClient client = this->client();
    const v1::Frame ping = testing::ping(7);
    if (client.stream().keeps_packets()) {
        client.send(ping);
    } else {
        for (const char byte : TelexClient::framed(ping)) {
            client.stream().send({&byte, 1});
        }
    }
    EXPECT_EQ(client.next(), "pong 7");
}

TEST_P(Conversation, ConfirmsFlushAfterEarlierFrames) {
    TelexClient client = this->client();
    client.send(testing::subscribe(1, "a"));
    client.send(testing::publish("a", "1"));
    client.send(testing::flush(3));
    std::string received;
    for (int i = 0; i < 3; ++i) {
        received += client.next() + "; ";
    }
    EXPECT_NE(received.find("subscribed 1"), std::string::npos) << received;
    EXPECT_NE(received.find("flushed 3"), std::string::npos) << received;
    EXPECT_NE(received.find("delivery 1 1"), std::string::npos) << received;
}

TEST_P(Conversation, RepliesAfterHalfClose) {
    TelexClient client = this->client();
    for (std::uint64_t id = 1; id <= 20; ++id) {
        client.send(testing::request(id, "$SYS.echo"));
    }
    client.stream().finish();
    for (std::uint64_t id = 1; id <= 20; ++id) {
        ASSERT_EQ(client.next(), "answer " + std::to_string(id) + " payload");
    }
    EXPECT_EQ(client.next(), "end");
}

TEST_P(Conversation, RepliesAfterGoodbye) {
    TelexClient client = this->client();
    client.send(testing::request(1, "$SYS.echo"));
    client.send(testing::goodbye());
    EXPECT_EQ(client.next(), "answer 1 payload");
    EXPECT_EQ(client.next(), "end");
}

TEST_P(Conversation, CleansUpAfterAnAbort) {
    TelexClient watcher = client();
    {
        TelexClient doomed = client();
        doomed.send(testing::subscribe(1, "a"));
        ASSERT_EQ(doomed.next(), "subscribed 1");
        doomed.stream().vanish();
    }
    v1::ServerStats now = stats();
    while (now.subscriptions() != 0 || now.connections() > 2) {
        now = stats();  // the watcher and the statistics client stay
    }
    EXPECT_EQ(after_ping(watcher, 1), "pong 1");
}

TELEX_CONFORMANCE(Conversation);

}  // namespace
}  // namespace telex::conformance

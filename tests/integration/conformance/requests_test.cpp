// Requests and replies.
#include "place.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::conformance {
namespace {

using testing::TelexClient;

class Requests : public Conformance {
protected:
    static void serve(TelexClient& responder) {
        responder.send(testing::subscribe(1, "svc.a"));
        ASSERT_EQ(responder.next(), "subscribed 1");
    }
};

TEST_P(Requests, ReachASubscriberThatReplies) {
    TelexClient responder = client();
    serve(responder);
    TelexClient requester = client();
    requester.send(testing::request(7));
    const auto asked = responder.receive();
    ASSERT_TRUE(asked);
    EXPECT_FALSE(asked->reply_to().empty());
    EXPECT_EQ(asked->message().payload(), "payload");
    responder.send(testing::publish(asked->reply_to(), "yes"));
    EXPECT_EQ(requester.next(), "answer 7 yes");
}

TEST_P(Requests, MayOverlapAndCompleteInAnyOrder) {
    TelexClient responder = client();
    serve(responder);
    TelexClient requester = client();
    requester.send(testing::request(1));
    requester.send(testing::request(2));
    const auto first = responder.receive();
    const auto second = responder.receive();
    ASSERT_TRUE(first && second);
    responder.send(testing::publish(second->reply_to(), "second"));
    EXPECT_EQ(requester.next(), "answer 2 second");
    responder.send(testing::publish(first->reply_to(), "first"));
    EXPECT_EQ(requester.next(), "answer 1 first");
}

TEST_P(Requests, FailImmediatelyWithoutResponders) {
    TelexClient requester = client();
    requester.send(testing::request(3, "no.body"));
    EXPECT_EQ(requester.next(), "failed 3 NO_RESPONDERS");
}

TEST_P(Requests, TimeOut) {
    TelexClient responder = client();
    serve(responder);
    TelexClient requester = client();
    requester.send(testing::request(3, "svc.a", 1));
    EXPECT_EQ(requester.next(), "failed 3 TIMEOUT");
    const auto asked = responder.receive();
    ASSERT_TRUE(asked);
    responder.send(testing::publish(asked->reply_to(), "too late"));
    EXPECT_EQ(after_ping(requester, 4), "pong 4");
}

TEST_P(Requests, AcceptOneReply) {
    TelexClient responder = client();
    serve(responder);
    TelexClient requester = client();
    requester.send(testing::request(3));
    const auto asked = responder.receive();
    ASSERT_TRUE(asked);
    responder.send(testing::publish(asked->reply_to(), "one"));
    responder.send(testing::publish(asked->reply_to(), "two"));
    responder.send(testing::flush(1));
    ASSERT_EQ(responder.next(), "flushed 1");
    EXPECT_EQ(requester.next(), "answer 3 one");
    EXPECT_EQ(after_ping(requester, 4), "pong 4");
}

TEST_P(Requests, FailWhenTheResponderDies) {
    TelexClient requester = client();
    {
        TelexClient responder = client();
        serve(responder);
        requester.send(testing::request(3, "svc.a", 60'000));
        ASSERT_TRUE(responder.receive());
        responder.stream().vanish();
    }
    EXPECT_EQ(requester.next(), "failed 3 RESPONDER_GONE");
}

TELEX_CONFORMANCE(Requests);

}  // namespace
}  // namespace telex::conformance

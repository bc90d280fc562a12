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
        responder.say(testing::subscribe(1, "svc.a"));
        ASSERT_EQ(responder.next(), "subscribed 1");
    }
};

TEST_P(Requests, ReachASubscriberThatReplies) {
    TelexClient responder = client();
    serve(responder);
    TelexClient requester = client();
    requester.say(testing::request(7));
    const auto asked = responder.hear();
    ASSERT_TRUE(asked);
    EXPECT_FALSE(asked->reply_to().empty());
    EXPECT_EQ(asked->message().payload(), "payload");
    responder.say(testing::publish(asked->reply_to(), "yes"));
    EXPECT_EQ(requester.next(), "answer 7 yes");
}

TEST_P(Requests, MayOverlapAndCompleteInAnyOrder) {
    TelexClient responder = client();
    serve(responder);
    TelexClient requester = client();
    requester.say(testing::request(1));
    requester.say(testing::request(2));
    const auto first = responder.hear();
    const auto second = responder.hear();
    ASSERT_TRUE(first && second);
    responder.say(testing::publish(second->reply_to(), "second"));
    EXPECT_EQ(requester.next(), "answer 2 second");
    responder.say(testing::publish(first->reply_to(), "first"));
    EXPECT_EQ(requester.next(), "answer 1 first");
}

TEST_P(Requests, FailImmediatelyWithoutResponders) {
    TelexClient requester = client();
    requester.say(testing::request(3, "no.body"));
    EXPECT_EQ(requester.next(), "failed 3 NO_RESPONDERS");
}

TEST_P(Requests, TimeOut) {
    TelexClient responder = client();
    serve(responder);
    TelexClient requester = client();
    requester.say(testing::request(3, "svc.a", 1));
    EXPECT_EQ(requester.next(), "failed 3 TIMEOUT");
    const auto asked = responder.hear();
    ASSERT_TRUE(asked);
    responder.say(testing::publish(asked->reply_to(), "too late"));
    EXPECT_EQ(after_ping(requester, 4), "pong 4");
}

TEST_P(Requests, AcceptOneReply) {
    TelexClient responder = client();
    serve(responder);
    TelexClient requester = client();
    requester.say(testing::request(3));
    const auto asked = responder.hear();
    ASSERT_TRUE(asked);
    responder.say(testing::publish(asked->reply_to(), "one"));
    responder.say(testing::publish(asked->reply_to(), "two"));
    responder.say(testing::flush(1));
    ASSERT_EQ(responder.next(), "flushed 1");
    EXPECT_EQ(requester.next(), "answer 3 one");
    EXPECT_EQ(after_ping(requester, 4), "pong 4");
}

TEST_P(Requests, TimeOutWhenTheResponderDies) {
    TelexClient requester = client();
    {
        TelexClient responder = client();
        serve(responder);
        requester.say(testing::request(3, "svc.a", 50));
        ASSERT_TRUE(responder.hear());
        responder.stream().vanish();
    }
    EXPECT_EQ(requester.next(), "failed 3 TIMEOUT");
}

TELEX_CONFORMANCE(Requests);

}  // namespace
}  // namespace telex::conformance

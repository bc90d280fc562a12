// Requests and answers.
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

TEST_P(Requests, AreAnsweredByWhoeverSubscribed) {
    TelexClient responder = client();
    serve(responder);
    TelexClient asker = client();
    asker.say(testing::request(7));
    const auto asked = responder.hear();
    ASSERT_TRUE(asked);
    EXPECT_FALSE(asked->reply_to().empty());
    EXPECT_EQ(asked->message().payload(), "payload");
    responder.say(testing::publish(asked->reply_to(), "yes"));
    EXPECT_EQ(asker.next(), "answer 7 yes");
}

TEST_P(Requests, MayBeUnderWayTogetherAndAnsweredInAnyOrder) {
    TelexClient responder = client();
    serve(responder);
    TelexClient asker = client();
    asker.say(testing::request(1));
    asker.say(testing::request(2));
    const auto first = responder.hear();
    const auto second = responder.hear();
    ASSERT_TRUE(first && second);
    responder.say(testing::publish(second->reply_to(), "second"));
    EXPECT_EQ(asker.next(), "answer 2 second");
    responder.say(testing::publish(first->reply_to(), "first"));
    EXPECT_EQ(asker.next(), "answer 1 first");
}

TEST_P(Requests, FailAtOnceWithoutResponders) {
    TelexClient asker = client();
    asker.say(testing::request(3, "no.body"));
    EXPECT_EQ(asker.next(), "failed 3 NO_RESPONDERS");
}

TEST_P(Requests, TimeOut) {
    TelexClient responder = client();
    serve(responder);
    TelexClient asker = client();
    asker.say(testing::request(3, "svc.a", 1));
    EXPECT_EQ(asker.next(), "failed 3 TIMEOUT");
    const auto asked = responder.hear();
    ASSERT_TRUE(asked);
    responder.say(testing::publish(asked->reply_to(), "too late"));
    EXPECT_EQ(after_ping(asker, 4), "pong 4");
}

TEST_P(Requests, TakeOneAnswer) {
    TelexClient responder = client();
    serve(responder);
    TelexClient asker = client();
    asker.say(testing::request(3));
    const auto asked = responder.hear();
    ASSERT_TRUE(asked);
    responder.say(testing::publish(asked->reply_to(), "one"));
    responder.say(testing::publish(asked->reply_to(), "two"));
    responder.say(testing::flush(1));
    ASSERT_EQ(responder.next(), "flushed 1");
    EXPECT_EQ(asker.next(), "answer 3 one");
    EXPECT_EQ(after_ping(asker, 4), "pong 4");
}

TEST_P(Requests, OutliveAResponderThatDied) {
    TelexClient asker = client();
    {
        TelexClient responder = client();
        serve(responder);
        asker.say(testing::request(3, "svc.a", 50));
        ASSERT_TRUE(responder.hear());
        responder.stream().vanish();
    }
    EXPECT_EQ(asker.next(), "failed 3 TIMEOUT");
}

TELEX_CONFORMANCE(Requests);

}  // namespace
}  // namespace telex::conformance

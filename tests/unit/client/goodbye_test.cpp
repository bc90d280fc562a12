// A server that says Goodbye gets the replies to the requests that it sent.
#include "unit/client/support.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace telex::test {
namespace {

std::string reply_subject(int request) {
    return "_REPLY.0." + std::to_string(request) + ".0123456789abcdef";
}

// A client with a subscription, whose server has sent requests and then Goodbye.
class Goodbye : public ::testing::Test {
protected:
    Goodbye() {
        auto subscribing = meanwhile([&] { return pair_.client->subscribe("svc"); });
        id_ = pair_.peer.confirm_subscribe().subscription();
        subscription_.emplace(subscribing.get().value());
    }

    // Receives this number of requests, then Goodbye. Keeps the requests.
    void receive(int requests) {
        for (int i = 0; i < requests; ++i) {
            pair_.peer.deliver(id_, "svc", std::to_string(i), reply_subject(i));
            requests_.push_back(subscription_->next(10s).value());
        }
        pair_.peer.goodbye(true);
        await_leaving();
    }

    void await_leaving() {
        while (client().status() == Status::connected) {
            std::this_thread::yield();
        }
    }

    Client& client() { return *pair_.client; }

    FakePeer& peer() { return pair_.peer; }

    // The client comes back and sends this message first.
    void expect_next_connection(const std::string& payload) {
        peer().close();
        FakePeer next = pair_.server.accept_client();
        (void)next.confirm_subscribe();
        EXPECT_EQ(next.read().message().payload(), payload);
    }

    Pair pair_;
    std::optional<Subscription> subscription_;
    std::uint64_t id_ = 0;
    std::vector<Message> requests_;
};

TEST_F(Goodbye, IsFollowedByRepliesAndNothingElse) {
    receive(2);
    ASSERT_TRUE(client().publish("a", "for the next server"));
    ASSERT_TRUE(client().respond(requests_[1], "second"));
    ASSERT_TRUE(client().respond(requests_[0], "first"));
    for (const int request : {1, 0}) {
        const v1::Frame reply = peer().read();
        EXPECT_EQ(reply.message().subject(), reply_subject(request));
        EXPECT_EQ(reply.message().payload(), request == 1 ? "second" : "first");
    }
    EXPECT_TRUE(peer().at_end());
    expect_next_connection("for the next server");
}

TEST_F(Goodbye, EndsTheConnectionWhenTheRequestsAreForgotten) {
    receive(2);
    const Message copy = requests_[0];
    requests_.clear();
    ASSERT_TRUE(client().publish("a", "later"));
    ASSERT_TRUE(client().respond(copy, "reply"));
    EXPECT_EQ(peer().read().message().payload(), "reply");
    EXPECT_TRUE(peer().at_end());
    expect_next_connection("later");
}

TEST_F(Goodbye, EndsTheConnectionAtOnceWithoutRequests) {
    receive(1);
    requests_.clear();
    EXPECT_TRUE(peer().at_end());
}

TEST_F(Goodbye, DoesNotWaitForRepliesOnOtherSubjects) {
    peer().deliver(id_, "svc", "?", "my.replies");
    const auto request = subscription_->next(10s);
    ASSERT_TRUE(request);
    peer().goodbye(true);
    await_leaving();
    EXPECT_TRUE(peer().at_end());
    ASSERT_TRUE(client().respond(*request, "reply"));
    expect_next_connection("reply");
}

TEST_F(Goodbye, RepliesWithoutTheMessageAreSentWhileTheConnectionLasts) {
    receive(1);
    ASSERT_TRUE(client().publish(reply_subject(7), "by its subject"));
    EXPECT_EQ(peer().read().message().subject(), reply_subject(7));
    requests_.clear();
    EXPECT_TRUE(peer().at_end());
}

TEST_F(Goodbye, WaitsForRequestsInTheQueueAndThoseThatFollow) {
    peer().deliver(id_, "svc", "before", reply_subject(0));
    peer().goodbye(true);
    await_leaving();
    peer().deliver(id_, "svc", "after", reply_subject(1));
    for (const char* const payload : {"before", "after"}) {
        const auto request = subscription_->next(10s);
        ASSERT_TRUE(request);
        EXPECT_EQ(request->payload, payload);
        requests_.push_back(*request);
    }
    for (const Message& request : requests_) {
        ASSERT_TRUE(client().respond(request, request.payload));
    }
    EXPECT_EQ(peer().read().message().payload(), "before");
    EXPECT_EQ(peer().read().message().payload(), "after");
    EXPECT_TRUE(peer().at_end());
}

TEST_F(Goodbye, StillAnswersPings) {
    receive(1);
    v1::Frame ping;
    ping.mutable_ping()->set_nonce(5);
    peer().send(ping);
    EXPECT_EQ(peer().read().pong().nonce(), 5U);
    ASSERT_TRUE(client().respond(requests_[0], "reply"));
    EXPECT_EQ(peer().read().message().payload(), "reply");
}

// The exchange closes the connection after an error: it takes no replies.
TEST_F(Goodbye, IsNotAnErrorThatCloses) {
    peer().deliver(id_, "svc", "?", reply_subject(0));
    const auto request = subscription_->next(10s);
    ASSERT_TRUE(request);
    peer().send_error(v1::KICKED, true);
    EXPECT_TRUE(peer().at_end());
}

TEST_F(Goodbye, DoesNotKeepAClientThatCloses) {
    receive(1);
    auto closing = meanwhile([&] { client().close(); });
    EXPECT_TRUE(peer().at_end());
    peer().close();
    closing.get();
}

TEST_F(Goodbye, RepliesOfALostConnectionDoNotKeepTheNextOne) {
    peer().deliver(id_, "svc", "?", reply_subject(0));
    const auto request = subscription_->next(10s);
    ASSERT_TRUE(request);
    peer().close();
    FakePeer next = pair_.server.accept_client();
    (void)next.confirm_subscribe();
    next.goodbye(true);
    EXPECT_TRUE(next.at_end());
    next.close();
    FakePeer last = pair_.server.accept_client();
}

TEST_F(Goodbye, IsFollowedByTheLastReplyToTheClient) {
    auto asking = request_later(client(), "other", "?");
    const v1::Frame request = peer().read();
    peer().goodbye(true);
    v1::Frame ping;
    ping.mutable_ping()->set_nonce(5);
    peer().send(ping);
    EXPECT_EQ(peer().read().pong().nonce(), 5U) << "its sending side is open";
    v1::Frame reply;
    reply.set_request(request.request());
    reply.mutable_message()->set_subject("r");
    peer().send(reply);
    EXPECT_TRUE(asking.get());
    EXPECT_TRUE(peer().at_end());
}

}  // namespace
}  // namespace telex::test

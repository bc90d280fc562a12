#include "unit/client/support.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace telex::test {
namespace {

void answer(FakePeer& peer, const v1::Frame& request, const std::string& payload) {
    v1::Frame frame;
    frame.set_request(request.request());
    frame.mutable_message()->set_subject("_REPLY.1");
    frame.mutable_message()->set_payload(payload);
    peer.send(frame);
}

void fail(FakePeer& peer, const v1::Frame& request, v1::ErrorCode code) {
    v1::Frame frame;
    frame.set_request(request.request());
    frame.mutable_error()->set_code(code);
    peer.send(frame);
}

Errc code_of(const Expected<Message>& answer) {
    return answer ? Errc::unspecified : answer.error().code;
}

TEST(Request, WaitsForItsReply) {
    Pair pair;
    auto asking = meanwhile([&] {
        RequestOptions options;
        options.timeout = 3s;
        return pair.client->request("svc", "question", options);
    });
    const v1::Frame request = pair.peer.read();
    EXPECT_NE(request.request(), 0U);
    EXPECT_EQ(request.timeout_ms(), 3000U);
    EXPECT_EQ(request.message().payload(), "question");
    answer(pair.peer, request, "answer");
    const auto result = asking.get();
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->payload, "answer");
    EXPECT_EQ(pair.client->statistics().pending_requests, 0U);
}

TEST(Request, RepliesMayArriveInAnyOrder) {
    Pair pair;
    auto first = request_later(*pair.client, "svc", "1");
    auto second = request_later(*pair.client, "svc", "2");
    const v1::Frame one = pair.peer.read();
    const v1::Frame two = pair.peer.read();
    EXPECT_NE(one.request(), two.request());
    answer(pair.peer, two, "two");
    answer(pair.peer, one, "one");
    EXPECT_EQ(first.get()->payload, "one");
    EXPECT_EQ(second.get()->payload, "two");
}

TEST(Request, ReturnsTheExchangesError) {
    Pair pair;
    for (const auto code : {v1::NO_RESPONDERS, v1::TIMEOUT, v1::RESPONDER_GONE}) {
        auto asking = request_later(*pair.client, "svc", "");
        fail(pair.peer, pair.peer.read(), code);
        EXPECT_EQ(code_of(asking.get()), static_cast<Errc>(code));
    }
}

TEST(Request, CallbackRunsOnceOnTheCallbackThread) {
    Pair pair;
    Collected<std::pair<std::string, std::thread::id>> seen;
    ASSERT_TRUE(pair.client->request_async("svc", "", [&](const Expected<Message>& result) {
        seen.add({result ? result->payload : "?", std::this_thread::get_id()});
    }));
    const v1::Frame request = pair.peer.read();
    answer(pair.peer, request, "a");
    answer(pair.peer, request, "again");
    ASSERT_TRUE(pair.client->request_async("svc", "", [&](const Expected<Message>&) {
        seen.add({"second", std::this_thread::get_id()});
    }));
    answer(pair.peer, pair.peer.read(), "b");
    const auto values = seen.wait(2);
    ASSERT_EQ(values.size(), 2U);
    EXPECT_EQ(values[0].first, "a");
    EXPECT_EQ(values[1].first, "second");
    EXPECT_EQ(values[0].second, values[1].second);
    EXPECT_NE(values[0].second, std::this_thread::get_id());
}

TEST(Request, EndsHereWhenTheExchangeIsSilent) {
    Pair pair;
    RequestOptions options;
    options.timeout = 1ms;
    EXPECT_EQ(code_of(pair.client->request("svc", "", options)), Errc::timeout);
    EXPECT_EQ(pair.client->statistics().pending_requests, 0U);
}

TEST(Request, FailsAtOnceIfTheConnectionIsLost) {
    Pair pair;
    auto asking = request_later(*pair.client, "svc", "");
    (void)pair.peer.read();
    pair.server.stop_listening();
    pair.peer.reset();
    EXPECT_EQ(code_of(asking.get()), Errc::disconnected);
    // And so does one that is made while there is no connection.
    EXPECT_EQ(code_of(pair.client->request("svc", "")), Errc::disconnected);
}

TEST(Request, IsNotSentAgainAfterAReconnect) {
    Pair pair;
    auto asking = request_later(*pair.client, "svc", "question");
    (void)pair.peer.read();
    pair.peer.close();
    EXPECT_EQ(code_of(asking.get()), Errc::disconnected);
    FakePeer peer = pair.server.accept_client();
    auto flushing = meanwhile([&] { return pair.client->flush(); });
    const v1::Frame frame = peer.read();
    EXPECT_TRUE(frame.has_flush()) << frame.ShortDebugString();
    v1::Frame flushed;
    flushed.mutable_flushed()->set_id(frame.flush().id());
    peer.send(flushed);
    EXPECT_TRUE(flushing.get());
}

TEST(Request, ArgumentsAreChecked) {
    Pair pair;
    RequestOptions options;
    options.timeout = 0ms;
    EXPECT_EQ(code_of(pair.client->request("svc", "", options)), Errc::invalid_argument);
    EXPECT_EQ(code_of(pair.client->request("svc.*", "")), Errc::wildcard_in_publish);
    EXPECT_FALSE(pair.client->request_async("svc", "", ReplyHandler{}));
}

TEST(Request, BlockingInsideACallbackWorks) {
    Pair pair;
    Collected<std::string> answers;
    auto subscribing = meanwhile([&] {
        return pair.client->subscribe("in", [&](const Message& message) {
            answers.add(pair.client->request("svc", message.payload).value().payload);
        });
    });
    const auto id = pair.peer.confirm_subscribe().subscription();
    auto subscription = subscribing.get();
    ASSERT_TRUE(subscription);
    pair.peer.deliver(id, "in", "q");
    answer(pair.peer, pair.peer.read(), "a");
    EXPECT_EQ(answers.wait(1), std::vector<std::string>{"a"});
}

TEST(Respond, GoesToTheReplySubjectOfTheRequest) {
    Pair pair;
    Message request;
    request.reply_to = "_REPLY.9";
    ASSERT_TRUE(pair.client->respond(request, "1"));
    EXPECT_EQ(pair.peer.read().message().subject(), "_REPLY.9");
    EXPECT_EQ(pair.client->respond(Message{}, "2").error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace telex::test

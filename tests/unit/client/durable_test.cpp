// Durable publications against a fake exchange.
#include "unit/client/support.hpp"
#include <telex/asio.hpp>

#include <asio/io_context.hpp>
#include <asio/use_future.hpp>
#include <gtest/gtest.h>

#include <future>
#include <optional>

namespace telex::test {
namespace {

v1::Limits with_streams() {
    v1::Limits limits;
    limits.set_max_durable_publications(100);
    return limits;
}

void store(FakePeer& peer, const v1::Frame& publication, std::uint64_t sequence, bool duplicate) {
    v1::Frame frame;
    frame.set_request(publication.request());
    frame.mutable_stored()->set_stream("LOG");
    frame.mutable_stored()->set_sequence(sequence);
    frame.mutable_stored()->set_duplicate(duplicate);
    peer.send(frame);
}

class Durable : public ::testing::Test {
protected:
    [[nodiscard]] std::future<Expected<StoredAt>> publish(const DurableOptions& options = {}) {
        return meanwhile([this, options] {
            return pair_.client->publish_durable("log.a", "payload", options);
        });
    }

    Pair pair_{FakeServer::Kind::tcp, with_streams()};
};

TEST_F(Durable, ReturnsWhereItIsStored) {
    auto publishing = publish();
    const v1::Frame frame = pair_.peer.read();
    EXPECT_TRUE(frame.durable());
    EXPECT_NE(frame.request(), 0U);
    EXPECT_EQ(frame.timeout_ms(), 0U);
    EXPECT_EQ(frame.message().subject(), "log.a");
    EXPECT_EQ(frame.message().payload(), "payload");
    EXPECT_EQ(pair_.client->statistics().pending_requests, 1U);
    store(pair_.peer, frame, 41, false);
    EXPECT_EQ(publishing.get(), (StoredAt{"LOG", 41, false}));
    EXPECT_EQ(pair_.client->statistics().pending_requests, 0U);
    EXPECT_EQ(pair_.client->statistics().published_messages, 1U);
    EXPECT_EQ(pair_.client->server_info()->max_durable_publications, 100U);
}

TEST_F(Durable, TellsADuplicate) {
    auto publishing = publish();
    store(pair_.peer, pair_.peer.read(), 40, true);
    EXPECT_EQ(publishing.get(), (StoredAt{"LOG", 40, true}));
}

TEST_F(Durable, SendsWhatItsStreamReads) {
    DurableOptions options;
    options.reply_to = "back";
    options.headers = {{"h", "1"}};
    options.id = "i";
    options.content_type = "c";
    options.type = "t";
    options.ttl = 5s;
    options.expected_last_sequence = 0;
    options.expected_subject_sequence = 7;
    options.roll_up = RollUp::subject;
    auto publishing = publish(options);
    const v1::Frame frame = pair_.peer.read();
    const v1::Message& message = frame.message();
    EXPECT_EQ(message.reply(), "back");
    EXPECT_EQ(message.headers_size(), 1);
    EXPECT_EQ(message.id() + message.content_type() + message.type(), "ict");
    EXPECT_EQ(message.ttl_ms(), 5'000U);
    EXPECT_TRUE(message.has_expected_last_sequence());
    EXPECT_EQ(message.expected_last_sequence(), 0U);
    EXPECT_EQ(message.expected_subject_sequence(), 7U);
    EXPECT_EQ(message.roll_up(), v1::ROLL_UP_SUBJECT);
    store(pair_.peer, frame, 1, false);
    EXPECT_TRUE(publishing.get());
}

TEST_F(Durable, FailsWithTheSequenceOfTheExchange) {
    auto publishing = publish();
    v1::Frame frame;
    frame.set_request(pair_.peer.read().request());
    frame.mutable_error()->set_code(v1::WRONG_SEQUENCE);
    frame.mutable_error()->set_text("the last one is 12");
    frame.mutable_error()->set_sequence(12);
    pair_.peer.send(frame);
    EXPECT_EQ(publishing.get().error(), (Error{Errc::wrong_sequence, "the last one is 12", 12}));
}

TEST_F(Durable, FailsWhenTheExchangeIsSilent) {
    DurableOptions options;
    options.timeout = 1ms;
    auto publishing = publish(options);
    const v1::Frame frame = pair_.peer.read();
    EXPECT_EQ(publishing.get().error().code, Errc::timeout);
    store(pair_.peer, frame, 1, false);  // too late
    auto next = publish();
    store(pair_.peer, pair_.peer.read(), 2, false);
    EXPECT_EQ(next.get()->sequence, 2U);
}

TEST_F(Durable, FailsWithTheConnection) {
    auto publishing = publish();
    (void)pair_.peer.read();
    pair_.peer.close();
    EXPECT_EQ(publishing.get().error().code, Errc::disconnected);
}

TEST_F(Durable, ChecksItsOptions) {
    DurableOptions options;
    options.ttl = 0ms;
    EXPECT_EQ(publish(options).get().error().code, Errc::invalid_argument);
    options.ttl.reset();
    options.timeout = 0ms;
    EXPECT_EQ(publish(options).get().error().code, Errc::invalid_argument);
    EXPECT_EQ(pair_.client->publish_durable("a.*", "").error().code, Errc::wildcard_in_publish);
    EXPECT_EQ(
        pair_.client->publish_durable_async("a", "", nullptr).error().code, Errc::invalid_argument
    );
    EXPECT_TRUE(pair_.peer.silent_for(0));
}

TEST_F(Durable, CallsItsHandlerOnTheCallbackThread) {
    Collected<Expected<StoredAt>> results;
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(pair_.client->publish_durable_async(
            "log.a", "x", [&](Expected<StoredAt> result) { results.add(std::move(result)); }
        ));
    }
    store(pair_.peer, pair_.peer.read(), 1, false);
    store(pair_.peer, pair_.peer.read(), 2, false);
    const auto stored = results.wait(2);
    ASSERT_EQ(stored.size(), 2U);
    EXPECT_EQ(stored[0]->sequence, 1U);
    EXPECT_EQ(stored[1]->sequence, 2U);
}

TEST_F(Durable, CompletesAnyToken) {
    auto stored =
        async_publish_durable(*pair_.client, "log.a", "x", DurableOptions(), asio::use_future);
    store(pair_.peer, pair_.peer.read(), 3, false);
    EXPECT_EQ(stored.get()->sequence, 3U);
}

// An old exchange would take the frame for a request.
TEST(DurableWithoutStreams, SendsNothing) {
    Pair pair;
    const auto result = pair.client->publish_durable("log.a", "x");
    EXPECT_EQ(result.error().code, Errc::no_stream);
    EXPECT_TRUE(pair.peer.silent_for(0));
}

}  // namespace
}  // namespace telex::test

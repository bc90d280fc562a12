#include "base/time.hpp"
#include "unit/client/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace telex::test {
namespace {

Errc code_of(const Expected<void>& result) {
    return result ? Errc::unspecified : result.error().code;
}

TEST(Publish, ArrivesInOrderWithItsFields) {
    Pair pair;
    PublishOptions options;
    options.headers = {{"k", "v"}};
    options.id = "7";
    ASSERT_TRUE(pair.client->publish("a.b", "one", options));
    ASSERT_TRUE(pair.client->publish("a.b", "two"));
    const v1::Frame first = pair.peer.read();
    EXPECT_EQ(first.message().payload(), "one");
    EXPECT_EQ(first.message().id(), "7");
    EXPECT_EQ(first.message().headers(0).value(), "v");
    EXPECT_EQ(first.request(), 0U);
    EXPECT_EQ(pair.peer.read().message().payload(), "two");
    EXPECT_EQ(pair.client->statistics().published_messages, 2U);
}

TEST(Publish, RejectsWhatTheExchangeWouldReject) {
    Pair pair;
    Client& client = *pair.client;
    EXPECT_EQ(code_of(client.publish("", "")), Errc::bad_subject);
    EXPECT_EQ(code_of(client.publish("a..b", "")), Errc::bad_subject);
    EXPECT_EQ(code_of(client.publish("a.*", "")), Errc::wildcard_in_publish);
    EXPECT_EQ(code_of(client.publish(std::string(1025, 'a'), "")), Errc::bad_subject);
    EXPECT_EQ(code_of(client.publish("a", std::string(1 << 20, 'x'))), Errc::frame_too_large);
    PublishOptions options;
    options.headers = Headers(33, Header{"a", "b"});
    EXPECT_EQ(code_of(client.publish("a", "", options)), Errc::too_many_headers);
    options = {};
    options.headers = {{"a", "\xFF"}};
    EXPECT_EQ(code_of(client.publish("a", "", options)), Errc::invalid_argument);
    options = {};
    options.reply_to = "x.>";
    EXPECT_EQ(code_of(client.publish("a", "", options)), Errc::wildcard_in_publish);
    EXPECT_EQ(client.statistics().published_messages, 0U);
}

TEST(Publish, KeepsTheOrderOfEachThread) {
    constexpr int kCount = 2000;
    Pair pair;
    const auto work = [&](const char* subject) {
        for (int number = 0; number < kCount; ++number) {
            ASSERT_TRUE(pair.client->publish(subject, std::to_string(number)));
        }
    };
    std::thread first(work, "t.1");
    std::thread second(work, "t.2");
    int next[2] = {0, 0};
    for (int count = 0; count < 2 * kCount; ++count) {
        const v1::Frame frame = pair.peer.read();
        int& expected = next[frame.message().subject() == "t.2" ? 1 : 0];
        ASSERT_EQ(frame.message().payload(), std::to_string(expected));
        ++expected;
    }
    first.join();
    second.join();
    EXPECT_EQ(pair.client->statistics().published_messages, 2U * kCount);
}

TEST(Publish, FailsWhenTheServerStopsReading) {
    constexpr std::size_t kLimit = 256 << 10;
    Pair pair(FakeServer::Kind::unix_stream, {}, [](ClientOptions& options) {
        options.when_full = WhenFull::fail;
        options.max_buffered_bytes = kLimit;
        options.close_timeout = 50ms;
    });
    const std::string payload(10000, 'x');
    Expected<void> result;
    int accepted = 0;
    // The socket's own buffers are far smaller than this bound.
    for (; result && accepted < 100000; ++accepted) {
        result = pair.client->publish("a", payload);
    }
    ASSERT_EQ(code_of(result), Errc::buffer_full);
    EXPECT_LE(pair.client->statistics().buffered_bytes, kLimit);
}

TEST(Publish, WaitsForFullTimeoutWhenTheServerStopsReading) {
    Pair pair(FakeServer::Kind::unix_stream, {}, [](ClientOptions& options) {
        options.full_timeout = 30ms;
        options.max_buffered_bytes = 256 << 10;
        options.close_timeout = 50ms;
    });
    const std::string payload(10000, 'x');
    Expected<void> result;
    auto begin = Clock::now();
    for (int count = 0; result && count < 100000; ++count) {
        begin = Clock::now();
        result = pair.client->publish("a", payload);
    }
    ASSERT_EQ(code_of(result), Errc::buffer_full);
    EXPECT_GE(Clock::now() - begin, 30ms);
}

TEST(Publish, ABlockedPublisherContinuesWhenTheServerReads) {
    Pair pair(FakeServer::Kind::unix_stream, {}, [](ClientOptions& options) {
        options.full_timeout = 20s;
        options.max_buffered_bytes = 64 << 10;
    });
    constexpr int kCount = 2000;
    auto publishing = meanwhile([&] {
        const std::string payload(10000, 'x');
        for (int count = 0; count < kCount; ++count) {
            if (auto result = pair.client->publish("a", payload); !result) {
                return result;
            }
        }
        return Expected<void>{};
    });
    for (int count = 0; count < kCount; ++count) {
        ASSERT_EQ(pair.peer.read().message().payload().size(), 10000U);
    }
    EXPECT_TRUE(publishing.get());
}

TEST(Publish, ClosingUnblocksAPublisher) {
    Pair pair(FakeServer::Kind::unix_stream, {}, [](ClientOptions& options) {
        options.full_timeout = 60s;
        options.max_buffered_bytes = 8 << 20;
        options.close_timeout = 10ms;
    });
    constexpr std::size_t kPayload = 100000;
    auto publishing = meanwhile([&] {
        const std::string payload(kPayload, 'x');
        Expected<void> result;
        for (int count = 0; result && count < 100000; ++count) {
            result = pair.client->publish("a", payload);
        }
        return result;
    });
    // More than any socket holds by itself.
    while (pair.client->statistics().published_messages < 60) {
        std::this_thread::yield();
    }
    pair.client->close();
    EXPECT_EQ(code_of(publishing.get()), Errc::closed);
    EXPECT_GT(pair.client->statistics().unsent_messages, 0U);
}

TEST(Publish, ReportsErrorsThroughOnError) {
    Collected<Error> errors;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.on_error = [&](const Error& error) { errors.add(error); };
    });
    ASSERT_TRUE(pair.client->publish("$SYS.x", ""));
    (void)pair.peer.read();
    pair.peer.send_error(v1::RESERVED_SUBJECT, false);
    const auto seen = errors.wait(1);
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0], (Error{Errc::reserved_subject, "because"}));
    EXPECT_EQ(pair.client->status(), Status::connected);
}

TEST(Flush, ReturnsWhenTheExchangeHasRoutedEverything) {
    Pair pair;
    ASSERT_TRUE(pair.client->publish("a", "1"));
    auto flushing = meanwhile([&] { return pair.client->flush(); });
    EXPECT_EQ(pair.peer.read().message().payload(), "1");
    pair.peer.answer_flush();
    EXPECT_TRUE(flushing.get());
}

TEST(Flush, TimesOutAndFailsWithTheConnection) {
    Pair pair;
    EXPECT_EQ(code_of(pair.client->flush(10ms)), Errc::timeout);
    auto flushing = meanwhile([&] { return pair.client->flush(); });
    (void)pair.peer.read();  // the first one
    (void)pair.peer.read_until(v1::Frame::kFlush);
    pair.server.stop_listening();
    pair.peer.close();
    EXPECT_EQ(code_of(flushing.get()), Errc::disconnected);
}

TEST(Ping, IsAnsweredWithTheSameNonce) {
    Pair pair;
    v1::Frame ping;
    ping.mutable_ping()->set_nonce(42);
    pair.peer.send(ping);
    EXPECT_EQ(pair.peer.read().pong().nonce(), 42U);
}

TEST(Ping, ASilentServerIsPingedThenDisconnected) {
    Collected<Error> lost;
    Pair pair(FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.ping_interval = 30ms;
        options.on_disconnected = [&](const Error& error) { lost.add(error); };
    });
    EXPECT_TRUE(pair.peer.read().has_ping());
    const auto reasons = lost.wait(1);
    ASSERT_EQ(reasons.size(), 1U);
    EXPECT_THAT(reasons[0].text, testing::HasSubstr("silent"));
}

}  // namespace
}  // namespace telex::test

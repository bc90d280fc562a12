// Completion tokens: each operation with one token, each token with one operation.
#include "unit/client/support.hpp"
#include <telex/asio.hpp>

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <tuple>

namespace telex::test {
namespace {

void answer(FakePeer& peer, const std::string& payload) {
    v1::Frame reply;
    reply.set_request(peer.read().request());
    reply.mutable_message()->set_payload(payload);
    peer.send(reply);
}

// A client, a subscription on it and an executor that the test runs.
struct Place {
    Pair pair;
    asio::io_context io;
    asio::cancellation_signal cancel;
    std::optional<Expected<Message>> seen;
    std::thread::id thread;

    std::uint64_t subscribe(Subscription& subscription) {
        auto subscribing = meanwhile([&] { return pair.client->subscribe("a"); });
        const auto id = pair.peer.confirm_subscribe().subscription();
        subscription = subscribing.get().value();
        return id;
    }

    // A handler on `io` that keeps its result, and can be cancelled.
    auto handler() {
        const auto keep = [this](Expected<Message> result) {
            seen = std::move(result);
            thread = std::this_thread::get_id();
        };
        return asio::bind_executor(io, asio::bind_cancellation_slot(cancel.slot(), keep));
    }

    // Runs the executor until the operation has completed. Returns the code of its error.
    Errc code() {
        io.run();
        return !seen ? Errc::internal : *seen ? Errc::unspecified : seen->error().code;
    }
};

TEST(AsioRequest, CompletesWithAFuture) {
    Pair pair;
    auto reply = async_request(*pair.client, "svc", "q", asio::use_future);
    answer(pair.peer, "a");
    EXPECT_EQ(reply.get()->payload, "a");
}

TEST(AsioRequest, CompletesOnTheExecutorOfTheHandler) {
    Place place;
    async_request(*place.pair.client, "svc", "q", place.handler());
    EXPECT_FALSE(place.seen);
    answer(place.pair.peer, "a");
    EXPECT_EQ(place.code(), Errc::unspecified);
    EXPECT_EQ((*place.seen)->payload, "a");
    EXPECT_EQ(place.thread, std::this_thread::get_id());
}

TEST(AsioRequest, CompletesWithImmediateErrorsToo) {
    Place place;
    async_request(*place.pair.client, "svc.*", "q", place.handler());
    EXPECT_FALSE(place.seen) << "not before the operation was started";
    EXPECT_EQ(place.code(), Errc::wildcard_in_publish);
}

TEST(AsioRequest, SendsItsOptions) {
    Pair pair;
    const RequestOptions options{.timeout = 77ms, .id = "7"};
    auto reply = async_request(*pair.client, "svc", "q", options, asio::use_future);
    const v1::Frame request = pair.peer.read();
    EXPECT_EQ(request.timeout_ms(), 77U);
    EXPECT_EQ(request.message().id(), "7");
    EXPECT_EQ(reply.get().error().code, Errc::timeout);
}

TEST(AsioRequest, CanBeCancelled) {
    Place place;
    async_request(*place.pair.client, "svc", "q", place.handler());
    place.cancel.emit(asio::cancellation_type::terminal);
    EXPECT_EQ(place.code(), Errc::cancelled);
    answer(place.pair.peer, "late");
}

TEST(AsioRequest, EndsWithItsClient) {
    Place place;
    async_request(*place.pair.client, "svc", "q", place.handler());
    place.pair.peer.close();
    place.pair.client->close();
    EXPECT_EQ(place.code(), Errc::disconnected);
}

TEST(AsioCoroutine, SubscribesTakesRequestsAndFlushes) {
    Place place;
    std::string log;
    const auto work = [&](Client& client) -> asio::awaitable<void> {
        auto subscription = co_await async_subscribe(client, "a", asio::use_awaitable);
        log += subscription->filter();
        log += (co_await async_next(*subscription, asio::use_awaitable))->payload;
        log += (co_await async_next(*subscription, asio::use_awaitable))->payload;
        log += (co_await async_request(client, "svc", "q", asio::use_awaitable))->payload;
        const auto flushed = co_await async_flush(client, 10s, asio::use_awaitable);
        log += flushed ? " flushed" : " not flushed";
    };
    asio::co_spawn(place.io, work(*place.pair.client), asio::detached);
    auto running = meanwhile([&] { place.io.run(); });
    FakePeer& peer = place.pair.peer;
    const auto id = peer.confirm_subscribe().subscription();
    peer.deliver(id, "a", "1");
    peer.deliver(id, "a", "2");
    answer(peer, "3");
    peer.answer_flush();
    running.get();
    EXPECT_EQ(log, "a123 flushed");
}

TEST(AsioCoroutine, ReturnsATuple) {
    Place place;
    Errc code = Errc::unspecified;
    const auto work = [&](Client& client) -> asio::awaitable<void> {
        auto [flushed] =
            co_await async_flush(client, 0ms, asio::experimental::as_tuple(asio::use_awaitable));
        code = flushed.error().code;
    };
    asio::co_spawn(place.io, work(*place.pair.client), asio::detached);
    place.io.run();
    EXPECT_EQ(code, Errc::timeout);
}

TEST(AsioNext, CanBeCancelledWithoutLosingAMessage) {
    Place place;
    Subscription subscription;
    const auto id = place.subscribe(subscription);
    async_next(subscription, place.handler());
    place.cancel.emit(asio::cancellation_type::terminal);
    EXPECT_EQ(place.code(), Errc::cancelled);
    place.pair.peer.deliver(id, "a", "1");
    EXPECT_EQ(subscription.next(10s)->payload, "1");
}

TEST(AsioNext, EndsWithTheSubscription) {
    Place place;
    Subscription subscription;
    place.subscribe(subscription);
    async_next(subscription, place.handler());
    place.io.poll();
    EXPECT_FALSE(place.seen);
    ASSERT_TRUE(subscription.unsubscribe());
    EXPECT_EQ(place.code(), Errc::subscription_ended);
}

TEST(AsioNext, OfAnEmptyHandleFails) {
    Place place;
    Subscription none;
    async_next(none, place.handler());
    EXPECT_EQ(place.code(), Errc::subscription_ended);
}

TEST(AsioSubscribe, SendsItsOptions) {
    Pair pair;
    const SubscribeOptions options{.queue_group = "workers"};
    auto subscribing = async_subscribe(*pair.client, "a", options, asio::use_future);
    EXPECT_EQ(pair.peer.confirm_subscribe().queue_group(), "workers");
    EXPECT_TRUE(subscribing.get());
}

TEST(AsioSubscribe, CompletesWithTheErrorOfTheExchange) {
    Pair pair;
    auto subscribing = async_subscribe(*pair.client, "a", asio::use_future);
    const auto id = pair.peer.read().subscribe().subscription();
    pair.peer.send_error(v1::PERMISSION_DENIED, false, id);
    const auto result = subscribing.get();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::permission_denied);
    EXPECT_EQ(pair.client->statistics().subscriptions, 0U);
}

TEST(AsioDrain, CompletesWhenTheClientIsClosed) {
    Pair pair;
    auto draining = async_drain(*pair.client, 10s, asio::use_future);
    pair.peer.answer_flush();
    (void)pair.peer.read_until(v1::Frame::kGoodbye);
    pair.peer.close();
    EXPECT_TRUE(draining.get());
    EXPECT_EQ(pair.client->status(), Status::closed);
}

}  // namespace
}  // namespace telex::test

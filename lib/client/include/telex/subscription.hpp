#pragma once
// The handle of one subscription.
#include <telex/error.hpp>
#include <telex/export.hpp>
#include <telex/message.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace telex {

namespace client {
class Core;
class SubscriptionState;
}  // namespace client

// Counted since subscribe(), across reconnects.
struct SubscriptionStatistics {
    std::uint64_t received = 0;   // by this process
    std::uint64_t delivered = 0;  // taken by next() or passed to the callback
    std::uint64_t dropped = 0;    // dropped here: max_pending_messages or max_pending_bytes
    std::uint64_t pending_messages = 0;
    std::uint64_t pending_bytes = 0;
    // Dropped by the exchange; set when the subscription has ended.
    std::uint64_t dropped_by_exchange = 0;
};

// One subscription, from Client::subscribe. Move-only; may be used from any thread.
//
// The handle owns the subscription: destroying it unsubscribes. After unsubscribe() or the
// destructor has returned, the callback is not called again. If they are called in that callback,
// it still finishes. (Do not hold a lock that the callback needs while destroying the handle.)
// detach() transfers the ownership to the client.
//
// A subscription survives reconnects: it is renewed with the same id before buffered messages are
// published. Messages published while disconnected are not received (delivery is at most once).
class TELEX_EXPORT Subscription {
public:
    // An empty handle; every call on it fails with Errc::subscription_ended.
    Subscription() = default;
    Subscription(Subscription&& other) noexcept = default;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

    // Returns the next message in order of arrival (subscriptions without callback). Waits up to
    // `timeout`; zero does not wait. Messages received before the end are still returned after it.
    // Errors: timeout, subscription_ended, closed, invalid_argument (has a callback), or the
    // exchange's error for the subscription.
    [[nodiscard]] Expected<Message> next(std::chrono::milliseconds timeout);
    // Returns the next message if there is one, without waiting.
    [[nodiscard]] std::optional<Message> try_next();
    // Calls `handler` once, on the callback thread, when next() has something to return: a message
    // or an error. Returns false, and does not call it, if next() has that now.
    [[nodiscard]] bool notify_when_ready(std::function<void()> handler);

    // Allows the exchange to send this many more messages (SubscribeOptions::credit with
    // automatic_credit off). Errors: invalid_argument, subscription_ended, closed.
    [[nodiscard]] Expected<void> add_credit(std::uint64_t messages);

    // Ends the subscription at once and drops its pending messages.
    [[nodiscard]] Expected<void> unsubscribe();
    // Ends the subscription gracefully: messages that the exchange has already sent are delivered.
    // Waits for the exchange's confirmation and until the callback has run for every message.
    // Without a callback the rest stays readable with next(). Errors: timeout, closed,
    // disconnected (the rest is lost), would_deadlock (called from a callback).
    [[nodiscard]] Expected<void> drain(
        std::chrono::milliseconds timeout = std::chrono::seconds(30)
    );
    // Keeps the subscription for the lifetime of its client; the handle becomes empty.
    void detach();

    [[nodiscard]] bool active() const;
    // The filter as subscribed; empty for an empty handle.
    [[nodiscard]] std::string filter() const;
    [[nodiscard]] SubscriptionStatistics statistics() const;

private:
    friend class client::Core;
    Subscription(
        std::weak_ptr<client::Core> core, std::shared_ptr<client::SubscriptionState> state
    );

    std::weak_ptr<client::Core> core_;
    std::shared_ptr<client::SubscriptionState> state_;
};

}  // namespace telex

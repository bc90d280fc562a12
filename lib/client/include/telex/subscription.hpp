#pragma once
// The handle of one subscription.
#include <telex/error.hpp>
#include <telex/export.hpp>
#include <telex/message.hpp>

#include <chrono>
#include <cstdint>
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
    std::uint64_t received = 0;   // arrived in this process
    std::uint64_t delivered = 0;  // taken by next() or handed to the callback
    std::uint64_t dropped = 0;    // dropped here: max_pending_messages or max_pending_bytes
    std::uint64_t pending_messages = 0;
    std::uint64_t pending_bytes = 0;
    // Dropped by the exchange; known once the subscription ended.
    std::uint64_t dropped_by_exchange = 0;
};

// One subscription, from Client::subscribe. Move-only; may be used from any thread.
//
// The handle owns the subscription: destroying it unsubscribes. Once unsubscribe() or the
// destructor has returned, the callback does not run and will not run again, except when called
// from that very callback, which then finishes as the last. (So do not hold a lock that the
// callback wants while destroying the handle.) detach() gives the subscription to the client
// instead.
//
// A subscription survives reconnects: it is made again with the same id before anything that was
// buffered is published. Messages published meanwhile are not seen (delivery is at most once).
class TELEX_EXPORT Subscription {
public:
    // An empty handle; every call on it fails with Errc::subscription_ended.
    Subscription() = default;
    Subscription(Subscription&& other) noexcept = default;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

    // The next message, in order of arrival (subscriptions without callback). Waits at most
    // `timeout`; zero looks only. What arrived before the end is still handed out after it.
    // Errors: timed_out, subscription_ended, closed, invalid_argument (has a callback), or what the
    // exchange refused the subscription with.
    [[nodiscard]] Expected<Message> next(std::chrono::milliseconds timeout);
    // The next message if one is here.
    std::optional<Message> try_next();

    // Allows the exchange to send this many messages more (SubscribeOptions::credit with
    // automatic_credit off). Errors: invalid_argument, subscription_ended, closed.
    [[nodiscard]] Expected<void> add_credit(std::uint64_t messages);

    // Ends the subscription now; what is pending here is dropped.
    [[nodiscard]] Expected<void> unsubscribe();
    // Ends the subscription in order: what the exchange sent before is still delivered. Waits for
    // the exchange's confirmation and, with a callback, until it has seen every message. Without
    // callback the rest stays readable by next(). Errors: timed_out, closed, disconnected (the rest
    // is lost), would_deadlock (called from a callback).
    [[nodiscard]] Expected<void> drain(
        std::chrono::milliseconds timeout = std::chrono::seconds(30)
    );
    // The subscription lives as long as its client; the handle becomes empty.
    void detach();

    bool active() const;
    // The filter as subscribed; empty for an empty handle.
    std::string filter() const;
    SubscriptionStatistics statistics() const;

private:
    friend class client::Core;
    Subscription(
        std::weak_ptr<client::Core> core, std::shared_ptr<client::SubscriptionState> state
    );

    std::weak_ptr<client::Core> core_;
    std::shared_ptr<client::SubscriptionState> state_;
};

}  // namespace telex

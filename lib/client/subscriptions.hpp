#pragma once
// The subscriptions of a client, over all its connections.
//
// Two thread domains: application threads subscribe, give credit, drain and unsubscribe; the I/O
// thread reports what the exchange says about them, and the beginning and end of connections. The
// table is guarded by the state's mutex; a cache of it on the I/O thread saves the lock per
// delivery.
#include "base/time.hpp"
#include "client/callbacks.hpp"
#include "client/shared_state.hpp"
#include "client/subscription_state.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace telex::client {

class Subscriptions {
public:
    using SubscriptionPtr = std::shared_ptr<SubscriptionState>;

    Subscriptions(SharedState& state, Callbacks& callbacks)
        : state_(state), callbacks_(callbacks) {}

    // --- application threads ----------------------------------------------------------------
    // `core` is the client that the subscription's credit returns to.
    [[nodiscard]] Expected<SubscriptionPtr> subscribe(
        std::string_view filter,
        MessageHandler handler,
        const SubscribeOptions& options,
        std::weak_ptr<Core> core
    );
    [[nodiscard]] Expected<void> add_credit(
        const SubscriptionPtr& subscription, std::uint64_t messages
    );
    void unsubscribe(const SubscriptionPtr& subscription);
    [[nodiscard]] Expected<void> drain(const SubscriptionPtr& subscription, TimePoint deadline);
    // Rejects new subscriptions and drains all existing ones. Errors: closed.
    [[nodiscard]] Expected<void> drain_all(TimePoint deadline);

    // --- requires the state's mutex ---------------------------------------------------------
    std::size_t size() const { return table_.size(); }

    // I/O thread. Returns the Subscribe frames for a new connection, in the order in which the
    // application subscribed. Ends subscriptions whose last message has arrived, but whose end was
    // lost with the old connection.
    std::string frames_for_new_connection();
    // I/O thread. The connection was lost: ends the subscriptions that were draining.
    void end_draining(const Error& reason);
    // I/O thread. Ends all subscriptions.
    void end_all(const Error& error);

    // --- I/O thread -------------------------------------------------------------------------
    // Returns null if the subscription is unknown: it ended while the frame was in transit.
    SubscriptionState* find(std::uint64_t id);
    // The exchange confirmed the subscription.
    void on_subscribed(std::uint64_t id);
    // The exchange ended it, after `dropped` drops.
    void on_unsubscribed(std::uint64_t id, std::uint64_t dropped);
    // The exchange reported an error about it. Errors about ended subscriptions are ignored.
    void on_error(std::uint64_t id, const Error& error);

    // Empties the cache; a connection has ended.
    void forget() { cache_.clear(); }

private:
    [[nodiscard]] Expected<void> wait_made(
        std::unique_lock<std::mutex>& lock, const SubscriptionPtr& subscription
    );
    void begin_drain(SubscriptionState& subscription);
    void wait_all_ended(const std::vector<SubscriptionPtr>& subscriptions, TimePoint deadline);

    SharedState& state_;
    Callbacks& callbacks_;
    std::unordered_map<std::uint64_t, SubscriptionPtr> table_;  // state's mutex
    std::uint64_t last_id_ = 0;                                 // state's mutex
    std::unordered_map<std::uint64_t, SubscriptionPtr> cache_;  // I/O thread
};

}  // namespace telex::client

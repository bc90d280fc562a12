#pragma once
// The subscriptions of a client, over all its connections.
//
// Two thread domains: application threads subscribe, give credit, drain and unsubscribe; the I/O
// thread reports what the exchange says about them, and the beginning and end of connections. The
// table is guarded by the state's mutex; a cache of it on the I/O thread saves the lock per
// delivery.
#include "base/time.hpp"
#include "client/callbacks.hpp"
#include "client/completion.hpp"
#include "client/shared_state.hpp"
#include "client/subscription_state.hpp"

#include <cstdint>
#include <functional>
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
    // `core` is the client that the subscription's credit returns to. If it returns an error,
    // `done` is not called. `terms`: of a member of a consumer, then `filter` is its stream; null
    // for a subscription.
    [[nodiscard]] Expected<void> subscribe(
        std::string_view filter,
        MessageHandler handler,
        const SubscribeOptions& options,
        std::weak_ptr<Core> core,
        Done<SubscriptionPtr> done,
        ConsumeTermsPtr terms = nullptr
    );
    [[nodiscard]] Expected<void> add_credit(
        const SubscriptionPtr& subscription, std::uint64_t messages
    );
    // Waits until the callback does not run, unless called in it.
    void unsubscribe(const SubscriptionPtr& subscription);
    // Ends the subscription, and waits until its callback has run for every message.
    void drain(const SubscriptionPtr& subscription, TimePoint deadline, Done<void> done);
    // Rejects new subscriptions and ends all existing ones. Errors: closed; `done` is then not
    // called.
    [[nodiscard]] Expected<void> drain_all(TimePoint deadline, std::function<void()> done);

    // --- requires the state's mutex ---------------------------------------------------------
    std::size_t size() const { return table_.size(); }

    // I/O thread. Returns the Subscribe frames for a new connection, in the order in which the
    // application subscribed. Ends subscriptions whose last message has arrived, but whose end was
    // lost with the old connection.
    std::string frames_for_new_connection();
    // I/O thread. The connection was lost: ends the subscriptions that were draining, and
    // consumers without a name.
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
    void forget() {
        cache_.clear();
        last_found_ = nullptr;
    }

private:
    // I/O thread.
    void forget(std::uint64_t id);
    // Requires the state's mutex.
    void begin_drain(SubscriptionState& subscription);
    // Ends it at once; its callback may still run.
    void end_now(const SubscriptionPtr& subscription);
    [[nodiscard]] Expected<SubscriptionPtr> outcome_of_subscribe(const SubscriptionPtr& subscription
    );
    void drain_callbacks(
        const SubscriptionPtr& subscription, TimePoint deadline, const Done<void>& done
    );
    [[nodiscard]] Expected<void> outcome_of_drain(const SubscriptionPtr& subscription);

    SharedState& state_;
    Callbacks& callbacks_;
    std::unordered_map<std::uint64_t, SubscriptionPtr> table_;  // state's mutex
    std::uint64_t last_id_ = 0;                                 // state's mutex
    // I/O thread. The last one found is that of the next message, usually.
    std::unordered_map<std::uint64_t, SubscriptionPtr> cache_;
    SubscriptionState* last_found_ = nullptr;
};

}  // namespace telex::client

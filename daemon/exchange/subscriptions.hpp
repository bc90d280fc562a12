#pragma once
// The subscriptions of a shard's clients: their beginning, their limits, their end.
//
// Owner and thread: one shard.
#include "access/usage.hpp"
#include "base/slot_map.hpp"
#include "broker/subscription_spec.hpp"
#include "exchange/client_record.hpp"
#include "router/routing_table.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace telex::exchange {

class Shard;

class Subscriptions {
public:
    explicit Subscriptions(Shard& shard) : shard_(shard) {}

    // `charge` is null if there are no users.
    void subscribe(
        ClientRecord& client,
        const broker::SubscriptionSpec& spec,
        std::unique_ptr<const access::Charge> charge
    );
    void unsubscribe(ClientRecord& client, std::uint64_t id);
    void set_max_messages(ClientRecord& client, std::uint64_t id, std::uint64_t messages);
    void add_credit(ClientRecord& client, std::uint64_t id, std::uint64_t messages);
    void set_credit(ClientRecord& client, std::uint64_t id, std::uint64_t messages);
    // A delivery was dropped after all: it does not count towards max_messages.
    void uncount_delivery(std::uint64_t key);

    // Returns null if it has ended. By Subscription::key.
    ActiveSubscription* find_by_key(std::uint64_t key) const { return keys_.find(key); }

    // The client is leaving, its members of consumers first: drops messages that wait for credit,
    // for `reason`. It gets nothing more; the tables are cleared in slices (departures.hpp). Not
    // while a message is routed.
    void end_all(ClientRecord& client, DropReason reason);
    // The client is about to leave: it gets nothing more, and its subscriptions end as soon as no
    // message is routed.
    void end_all_later(ClientRecord& client, DropReason reason);

    // The subscription has reached max_messages while a message was routed.
    void end_later(const ActiveSubscription& subscription) {
        ended_.push_back({.client = subscription.record().id(), .subscription = subscription.id});
    }

    // Not while a message is routed.
    void remove_ended() {
        if (!ended_.empty()) [[unlikely]] {
            remove_all_ended();
        }
    }

private:
    // Subscriptions that will be removed.
    struct Ended {
        ClientId client;
        std::optional<std::uint64_t> subscription{};  // absent: all of the client's
        DropReason reason = DropReason::no_credit;    // of messages that waited for credit
    };

    bool fits(const ClientRecord& client, std::size_t memory) const;
    void refuse(
        ClientRecord& client,
        const broker::SubscriptionSpec& spec,
        v1::ErrorCode code,
        const std::string& text
    );
    void fill(
        ActiveSubscription& subscription, ClientRecord& client, const broker::SubscriptionSpec& spec
    );
    // Puts it into the routing table.
    [[nodiscard]] router::SubscribeResult enter(
        ActiveSubscription& subscription, ClientRecord& client, const broker::SubscriptionSpec& spec
    );
    void watch_events(ActiveSubscription& subscription, const std::string& filter);
    static router::MemberLoadPtr member_load(
        ClientRecord& client, const broker::SubscriptionSpec& spec
    );
    void retire(ActiveSubscription& subscription, DropReason reason);
    void drop_held(ActiveSubscription& subscription, DropReason reason);
    void release_held(ClientRecord& client, ActiveSubscription& subscription);
    void notify_group(const ActiveSubscription& subscription);
    void remove_all_ended();

    Shard& shard_;
    SlotMap<ActiveSubscription> keys_;  // of all clients
    std::vector<Ended> ended_;
};

}  // namespace telex::exchange

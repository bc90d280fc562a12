#include "exchange/subscriptions.hpp"

#include "broker/reserved_subjects.hpp"
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"
#include "exchange/subscription_memory.hpp"

#include <utility>

namespace telex::exchange {

void Subscriptions::subscribe(
    ClientRecord& client,
    const broker::SubscriptionSpec& spec,
    std::unique_ptr<const access::Charge> charge
) {
    shard_.reactor().work().add(reactor::work::kSubscription);
    const std::size_t record = record_memory(spec, charge != nullptr);
    const std::size_t memory =
        record + shard_.exchange().shard_count() * table_memory(spec.filter, spec.queue_group);
    if (!fits(client, memory)) {
        refuse(
            client,
            spec,
            v1::OVER_MEMORY_BUDGET,
            "the exchange has no memory left for subscriptions of this client or its user"
        );
        return;
    }
    // The client does not use an id twice.
    ActiveSubscription& subscription = client.subscriptions_[spec.id];
    fill(subscription, client, spec);
    subscription.charged = charge != nullptr;
    subscription.charge = std::move(charge);
    auto change = enter(subscription, client, spec);
    if (!change) {
        client.subscriptions_.erase(spec.id);
        refuse(
            client,
            spec,
            v1::BAD_SUBJECT,
            "the filter '" + spec.filter + "' does not fit into the routing table"
        );
        return;
    }
    subscription.pattern = client.patterns_.add(spec.filter);
    subscription.key = keys_.add(subscription);
    shard_.forward_window().add(client.client().blocks_at(spec.slow_policy));
    subscription.memory = static_cast<std::uint32_t>(memory);
    client.charge_subscription(memory);
    shard_.account().charge_standing(record);
    watch_events(subscription, spec.filter);
    shard_.interest().note(client.account(), std::move(*change));
    shard_.interest().confirm(subscription);
    if (!spec.queue_group.empty()) {
        shard_.groups().wake(client.account(), spec.queue_group);
        shard_.groups().serve();
    }
}

// No user has more than what is left for all others; without users no client.
bool Subscriptions::fits(const ClientRecord& client, std::size_t memory) const {
    return client.subscription_memory_of_holder() + memory <= shard_.account().standing_left();
}

void Subscriptions::refuse(
    ClientRecord& client,
    const broker::SubscriptionSpec& spec,
    v1::ErrorCode code,
    const std::string& text
) {
    shard_.counters().refuse(code);
    client.client().refuse({.code = code, .text = text, .subscription = spec.id});
}

void Subscriptions::fill(
    ActiveSubscription& subscription, ClientRecord& client, const broker::SubscriptionSpec& spec
) {
    subscription.subscriber = &client;
    subscription.id = spec.id;
    subscription.sees_reserved = spec.sees_reserved;
    subscription.no_echo = spec.no_echo;
    subscription.hides_some = spec.hides_some;
    subscription.slow_policy = spec.slow_policy;
    subscription.limited_by_credit = spec.credit > 0;
    subscription.credit = spec.credit;
    subscription.max_messages = spec.max_messages;
}

router::SubscribeResult Subscriptions::enter(
    ActiveSubscription& subscription, ClientRecord& client, const broker::SubscriptionSpec& spec
) {
    router::RoutingTable& table = shard_.router().table(client.account());
    const TableCharge charge(shard_.account(), table);
    return table.subscribe(subscription, spec.filter, member_load(client, spec));
}

void Subscriptions::watch_events(ActiveSubscription& subscription, const std::string& filter) {
    if (broker::selects_events(filter)) {
        subscription.watches_events = true;
        shard_.exchange().events().add_watcher();
    }
    if (subscription.record().traces() != 0) {
        v1::TraceEvent event;
        event.set_subject(filter);
        event.set_subscription(subscription.id);
        shard_.tracer().happened(
            v1::TraceEvent::SUBSCRIBED, subscription.record(), std::move(event)
        );
    }
}

// Returns null for a plain subscription.
router::MemberLoadPtr Subscriptions::member_load(
    ClientRecord& client, const broker::SubscriptionSpec& spec
) {
    if (spec.queue_group.empty()) {
        return nullptr;
    }
    router::ConnectionLoadPtr& connection = client.Subscriber::load;
    if (!connection) {
        connection = std::make_shared<router::ConnectionLoad>();
    }
    return std::make_shared<router::MemberLoad>(
        router::MemberFacts{
            .group = spec.queue_group,
            .reactor = client.id().reactor,
            .connection_key = client.id().key(),
            .no_echo = spec.no_echo,
            .credit = spec.credit,
            .max_messages = spec.max_messages,
        },
        connection
    );
}

void Subscriptions::unsubscribe(ClientRecord& client, std::uint64_t id) {
    const auto found = client.subscriptions_.find(id);
    if (found == client.subscriptions_.end()) {
        return;
    }
    ActiveSubscription& subscription = found->second;
    if (client.traces() != 0) {
        v1::TraceEvent event;
        event.set_subscription(id);
        shard_.tracer().happened(v1::TraceEvent::UNSUBSCRIBED, client, std::move(event));
    }
    retire(subscription, DropReason::no_credit);
    client.release_subscription(subscription.memory);
    shard_.departures().remove(client.account(), subscription);
    const std::uint64_t delivered = subscription.delivered;
    const std::uint64_t dropped = subscription.dropped;
    client.subscriptions_.erase(found);
    client.client().on_unsubscribed(id, delivered, dropped);
    shard_.groups().serve();
}

void Subscriptions::end_all(ClientRecord& client, DropReason reason) {
    shard_.stream_members().end_all(client);
    if (client.subscriptions_.empty()) {
        return;
    }
    shard_.reactor().work().add(reactor::work::kEntry * client.subscriptions_.size());
    router::RoutingTable& table = shard_.router().table(client.account());
    for (auto& [id, subscription] : client.subscriptions_) {
        retire(subscription, reason);
        table.retire(subscription);
    }
    const std::size_t memory = client.subscription_memory_;
    client.release_subscription(memory);
    shard_.departures().begin(client.account(), std::exchange(client.subscriptions_, {}), memory);
}

void Subscriptions::end_all_later(ClientRecord& client, DropReason reason) {
    if (client.subscriptions_.empty()) {
        return;
    }
    if (client.load() != nullptr) {
        client.load()->leave();  // other reactors see it before the change of interest
    }
    shard_.reactor().work().add(reactor::work::kEntry * client.subscriptions_.size());
    for (auto& [id, subscription] : client.subscriptions_) {
        subscription.ended = true;
    }
    ended_.push_back({.client = client.id(), .reason = reason});
    shard_.reactor().ensure_turn();
}

// It gets nothing more, and no longer counts for its client and user. It is still in the table.
void Subscriptions::retire(ActiveSubscription& subscription, DropReason reason) {
    subscription.ended = true;
    subscription.charge.reset();
    if (std::exchange(subscription.watches_events, false)) {
        shard_.exchange().events().remove_watcher();
    }
    ClientRecord& client = subscription.record();
    keys_.remove(subscription.key);
    client.patterns_.remove(std::exchange(subscription.pattern, nullptr));
    shard_.forward_window().remove(subscription.client().blocks_at(subscription.slow_policy));
    drop_held(subscription, reason);
}

// Messages that waited for credit are dropped, unless its queue group has other members.
void Subscriptions::drop_held(ActiveSubscription& subscription, DropReason reason) {
    shard_.reactor().work().add(reactor::work::kDelivery * subscription.held.size());
    CreditQueues& credit = shard_.credit();
    while (!subscription.held.empty()) {
        if (subscription.group_member == nullptr) {
            if (const HeldMessage& held = subscription.held.front(); held.awaits_reply) {
                shard_.requests().abandon(held.reply_to);
            }
            credit.drop_oldest(subscription, reason);
        } else {
            GroupKey group = CreditQueues::group_of(subscription);
            shard_.groups().adopt(credit.pass_on(subscription, 0), std::move(group), reason);
        }
    }
}

void Subscriptions::remove_all_ended() {
    while (!ended_.empty()) {
        const Ended ended = ended_.back();
        ended_.pop_back();
        ClientRecord* const client = shard_.find(ended.client);
        if (client == nullptr) {
            continue;
        }
        if (ended.subscription) {
            unsubscribe(*client, *ended.subscription);
        } else {
            end_all(*client, ended.reason);
        }
    }
    shard_.groups().serve();
}

void Subscriptions::set_max_messages(
    ClientRecord& client, std::uint64_t id, std::uint64_t messages
) {
    ActiveSubscription* subscription = client.find_subscription(id);
    if (subscription == nullptr) {
        return;
    }
    subscription->max_messages = messages;
    if (messages != 0 && subscription->delivered >= messages) {
        unsubscribe(client, id);
    } else if (subscription->group_member != nullptr) {
        subscription->group_member->load->set_max_messages(messages, subscription->delivered);
        notify_group(*subscription);
    }
}

void Subscriptions::add_credit(ClientRecord& client, std::uint64_t id, std::uint64_t messages) {
    ActiveSubscription* subscription = client.find_subscription(id);
    if (subscription == nullptr || !subscription->limited_by_credit) {
        return;
    }
    if (subscription->group_member != nullptr) {
        subscription->group_member->load->grant(messages);
        notify_group(*subscription);
        return;
    }
    std::uint64_t& credit = subscription->credit;
    credit = credit + messages < credit ? UINT64_MAX : credit + messages;
    release_held(client, *subscription);
}

void Subscriptions::set_credit(ClientRecord& client, std::uint64_t id, std::uint64_t messages) {
    ActiveSubscription* subscription = client.find_subscription(id);
    if (subscription == nullptr) {
        return;
    }
    subscription->limited_by_credit = true;
    if (subscription->group_member != nullptr) {
        subscription->group_member->load->set_credit(messages);
        notify_group(*subscription);
        return;
    }
    subscription->credit = messages;
    release_held(client, *subscription);
}

void Subscriptions::uncount_delivery(std::uint64_t key) {
    ActiveSubscription* subscription = find_by_key(key);
    if (subscription == nullptr) {
        return;
    }
    --subscription->delivered;
    ++subscription->dropped;
    if (subscription->group_member != nullptr && subscription->max_messages != 0 &&
        !subscription->ended) {
        subscription->group_member->load->allow_one_more();
        shard_.groups().notify_watchers(*subscription);
    }
}

void Subscriptions::notify_group(const ActiveSubscription& subscription) {
    shard_.groups().notify_watchers(subscription);
    shard_.groups().serve();
}

// Delivers messages that wait, as long as there is credit.
void Subscriptions::release_held(ClientRecord& client, ActiveSubscription& subscription) {
    CreditQueues& credit = shard_.credit();
    while (subscription.credit > 0 && !subscription.held.empty() && !subscription.ended) {
        if (subscription.hides_some &&
            !client.client().may_receive(subscription.held.front().subject())) {
            credit.drop_oldest(subscription, DropReason::not_permitted);  // it was, on arrival
            continue;
        }
        shard_.reactor().work().add(reactor::work::kDelivery);
        HeldMessage held = credit.take(subscription, 0);
        const RoutedMessage routed = CreditQueues::routed(client.account(), held);
        if (const auto sent =
                client.client().deliver(held.delivery(subscription.id, subscription.key));
            !sent) {
            shard_.ledger().drop(subscription, routed, sent.error());
            continue;
        }
        --subscription.credit;
        shard_.router().note_request(subscription, routed);
        shard_.ledger().trace(v1::TraceEvent::DELIVERED, subscription, routed);
        shard_.router().count_delivery(subscription);
    }
    subscription.held.shrink();
    remove_ended();
}

}  // namespace telex::exchange

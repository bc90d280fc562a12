// Shard: subscriptions and the interest that the other shards are told.
//
// Interest is announced once per turn. A round is a turn's changes plus the subscriptions that wait
// for it; when all other shards have applied it, the waiting clients are told. A subscription that
// changes nothing for the others waits for a round all the same: the change that covers it may
// still be under way.
#include "broker/reserved_subjects.hpp"
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <utility>

namespace telex::exchange {

void Shard::subscribe(
    ClientRecord& member,
    const broker::SubscriptionSpec& spec,
    std::unique_ptr<const access::Charge> charge
) {
    // The session knows the numbers that are in use and refuses one that comes twice.
    ActiveSubscription& subscription = member.subscriptions_[spec.id];
    subscription.subscriber = &member.subscriber_;
    subscription.id = spec.id;
    subscription.serial = next_serial_++;
    subscription.sees_reserved = spec.sees_reserved;
    subscription.no_echo = spec.no_echo;
    subscription.hides_some = spec.hides_some;
    subscription.client = &member.client();
    subscription.record = &member;
    subscription.charge = std::move(charge);
    subscription.slow_policy = spec.slow_policy;
    subscription.limited_by_credit = spec.credit > 0;
    subscription.credit = spec.credit;
    subscription.max_messages = spec.max_messages;
    auto change =
        table(member.account()).subscribe(subscription, spec.filter, member_load(member, spec));
    if (!change) {
        member.subscriptions_.erase(spec.id);
        counters_.refuse(v1::BAD_SUBJECT);
        member.client().refuse(
            {.code = v1::BAD_SUBJECT,
             .text = "the filter '" + spec.filter + "' does not fit into the routing table",
             .subscription = spec.id}
        );
        return;
    }
    if (broker::selects_events(spec.filter)) {
        subscription.watches_events = true;
        exchange_.events().add_watcher();
    }
    if (member.traces() != 0) {
        v1::TraceEvent event;
        event.set_subject(spec.filter);
        event.set_subscription(spec.id);
        tracer_.happened(v1::TraceEvent::SUBSCRIBED, member, std::move(event));
    }
    if (exchange_.shard_count() == 1) {
        member.client().on_subscribed(spec.id);
    } else {
        note_change(member, std::move(*change));
        unannounced_.push_back({member.id(), spec.id, subscription.serial});
        reactor_.ensure_turn();
    }
    if (!spec.queue_group.empty()) {
        wake_group(member.account(), spec.queue_group);
        place_waiting();
    }
}

// Null for a plain subscription.
router::MemberLoadPtr Shard::member_load(
    ClientRecord& member, const broker::SubscriptionSpec& spec
) {
    if (spec.queue_group.empty()) {
        return nullptr;
    }
    router::ConnectionLoadPtr& connection = member.subscriber_.load;
    if (!connection) {
        connection = std::make_shared<router::ConnectionLoad>();
    }
    return std::make_shared<router::MemberLoad>(
        router::MemberFacts{
            .group = spec.queue_group,
            .reactor = reactor_.index(),
            .connection_key = member.id_.key(),
            .no_echo = spec.no_echo,
            .credit = spec.credit,
            .max_messages = spec.max_messages,
        },
        connection
    );
}

void Shard::note_change(const ClientRecord& member, std::optional<router::InterestChange> change) {
    if (change && exchange_.shard_count() > 1) {
        change->account = member.account();
        changes_.push_back(std::move(*change));
        reactor_.ensure_turn();
    }
}

void Shard::unsubscribe(ClientRecord& member, std::uint64_t id) {
    const auto found = member.subscriptions_.find(id);
    if (found == member.subscriptions_.end()) {
        return;
    }
    ActiveSubscription& subscription = found->second;
    if (member.traces() != 0) {
        v1::TraceEvent event;
        event.set_subscription(id);
        tracer_.happened(v1::TraceEvent::UNSUBSCRIBED, member, std::move(event));
    }
    discard(subscription, DropReason::no_credit);
    const std::uint64_t delivered = subscription.delivered;
    const std::uint64_t dropped = subscription.dropped;
    member.subscriptions_.erase(found);
    member.client().on_unsubscribed(id, delivered, dropped);
    place_waiting();
}

// Takes it out of the table. What it held for credit is dropped, unless its queue group has other
// members.
void Shard::discard(ActiveSubscription& subscription, DropReason reason) {
    subscription.ended = true;
    if (std::exchange(subscription.watches_events, false)) {
        exchange_.events().remove_watcher();
    }
    const ClientRecord& member = *subscription.record;
    while (!subscription.held.empty()) {
        if (subscription.group_member == nullptr) {
            drop_held(subscription, reason);
        } else {
            const std::string& group = subscription.group_member->load->facts().group;
            homeless_.push_back({take_held(subscription, 0), {member.account(), group}, reason});
        }
    }
    note_change(member, table(member.account()).unsubscribe(subscription));
}

std::string Shard::filter_of(const ActiveSubscription& subscription) const {
    return tables_[subscription.record->account()]->filter_of(subscription);
}

void Shard::remove_ended() {
    while (!ended_.empty()) {
        const auto [id, subscription] = ended_.back();
        ended_.pop_back();
        if (ClientRecord* member = find(id); member != nullptr) {
            unsubscribe(*member, subscription);
        }
    }
}

void Shard::set_max_messages(ClientRecord& member, std::uint64_t id, std::uint64_t messages) {
    ActiveSubscription* subscription = member.find_subscription(id);
    if (subscription == nullptr) {
        return;
    }
    subscription->max_messages = messages;
    if (messages != 0 && subscription->delivered >= messages) {
        unsubscribe(member, id);
    } else if (subscription->group_member != nullptr) {
        subscription->group_member->load->set_max_messages(messages, subscription->delivered);
        tell_watchers(*subscription);
        place_waiting();
    }
}

void Shard::add_credit(ClientRecord& member, std::uint64_t id, std::uint64_t messages) {
    ActiveSubscription* subscription = member.find_subscription(id);
    if (subscription == nullptr || !subscription->limited_by_credit) {
        return;
    }
    if (subscription->group_member != nullptr) {
        subscription->group_member->load->grant(messages);
        tell_watchers(*subscription);
        place_waiting();
        return;
    }
    std::uint64_t& credit = subscription->credit;
    credit = credit + messages < credit ? UINT64_MAX : credit + messages;
    release_held(member, *subscription);
}

void Shard::set_credit(ClientRecord& member, std::uint64_t id, std::uint64_t messages) {
    ActiveSubscription* subscription = member.find_subscription(id);
    if (subscription == nullptr) {
        return;
    }
    subscription->limited_by_credit = true;
    if (subscription->group_member != nullptr) {
        subscription->group_member->load->set_credit(messages);
        tell_watchers(*subscription);
        place_waiting();
        return;
    }
    subscription->credit = messages;
    release_held(member, *subscription);
}

// Delivers what waits for credit, as far as there is credit.
void Shard::release_held(ClientRecord& member, ActiveSubscription& subscription) {
    while (subscription.credit > 0 && !subscription.held.empty() && !subscription.ended) {
        if (subscription.hides_some &&
            !member.client().may_receive(subscription.held.front().subject())) {
            drop_held(subscription, DropReason::not_permitted);  // it was allowed when it came
            continue;
        }
        HeldMessage stored = take_held(subscription, 0);
        const Transit transit = transit_of(member.account(), stored);
        if (const auto sent = member.client().deliver(stored.delivery(subscription.id)); !sent) {
            drop(subscription, transit, sent.error());
            continue;
        }
        --subscription.credit;
        trace(v1::TraceEvent::DELIVERED, subscription, transit);
        account_delivery(subscription);
    }
    subscription.held.shrink();
    remove_ended();
}

void Shard::announce_interest() {
    if (changes_.empty() && unannounced_.empty()) {
        return;
    }
    const std::uint64_t round = next_round_++;
    rounds_.emplace(round, InterestRound{exchange_.shard_count() - 1, std::move(unannounced_)});
    unannounced_.clear();
    const auto changes =
        std::make_shared<const std::vector<router::InterestChange>>(std::exchange(changes_, {}));
    for (std::size_t i = 0; i < exchange_.shard_count(); ++i) {
        Shard& other = exchange_.shard(i);
        if (&other != this) {
            other.reactor_.post([&other, from = reactor_.index(), changes, round] {
                other.apply_interest(from, *changes, round);
            });
        }
    }
}

void Shard::apply_interest(
    std::uint16_t from, const std::vector<router::InterestChange>& changes, std::uint64_t round
) {
    for (const router::InterestChange& change : changes) {
        table(change.account).apply(from, change);
        if (change.member && change.there) {
            wake_group(change.account, change.member->facts().group);
        }
    }
    place_waiting();
    Shard& source = exchange_.shard(from);
    source.reactor_.post([&source, round] { source.round_acknowledged(round); });
}

void Shard::round_acknowledged(std::uint64_t round) {
    const auto found = rounds_.find(round);
    if (--found->second.missing > 0) {
        return;
    }
    const auto subscriptions = std::move(found->second.subscriptions);
    rounds_.erase(found);
    for (const Unconfirmed& waiting : subscriptions) {
        ClientRecord* member = find(waiting.member);
        const ActiveSubscription* active =
            member == nullptr ? nullptr : member->find_subscription(waiting.id);
        if (active != nullptr && active->serial == waiting.serial) {
            member->client().on_subscribed(waiting.id);
        }
    }
}

}  // namespace telex::exchange

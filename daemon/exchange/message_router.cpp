#include "exchange/message_router.hpp"

#include "base/prefetch.hpp"
#include "exchange/forward_work.hpp"

#include <algorithm>
#include <utility>

namespace telex::exchange {

namespace {

// Subscriptions whose records are loaded together.
constexpr std::size_t kLoadedTogether = 64;

// Of a route, including its deliveries on other reactors: their work is the publisher's, too.
std::uint64_t work_of(const router::Route& route) {
    namespace work = reactor::work;
    return work::kNode * (route.visited + route.considered) + work::kDelivery * route.plain.size() +
           work::kGroupDelivery * route.groups.size() + work::kForward * route.forwards.size() +
           work::kDelivery * route.elsewhere;
}

// On the target.
std::uint64_t work_of(const router::ForwardTarget& target, const router::Route& route) {
    return reactor::work::kFrame + reactor::work::kDelivery * (route.elsewhere + 1) +
           kReceivedMember * target.groups.size();
}

router::WaitingTicket ticket_of(const router::GroupTarget& target, const RoutedMessage& routed) {
    if (target.line != nullptr) {
        return router::WaitingTicket(*target.line);
    }
    return routed.ticket == nullptr ? router::WaitingTicket() : std::move(*routed.ticket);
}

broker::Delivery delivery_of(const ActiveSubscription& subscription, const RoutedMessage& routed) {
    return {subscription.id, routed.message, routed.reply_to, routed.owner, subscription.key};
}

}  // namespace

MessageRouter::MessageRouter(
    std::uint64_t seed, reactor::Reactor& reactor, Ledger& ledger, const Neighbours& neighbours
)
    : seed_(seed),
      reactor_(reactor),
      ledger_(ledger),
      forwarding_(neighbours.forwarding),
      credit_(neighbours.credit),
      groups_(neighbours.groups),
      subscriptions_(neighbours.subscriptions),
      requests_(neighbours.requests),
      divided_(neighbours.divided) {
    (void)table(access::kDefaultAccount);  // creates it
}

std::size_t MessageRouter::subscriptions() const {
    std::size_t sum = 0;
    for (const auto& table : tables_) {
        sum += table ? table->subscriptions() : 0;
    }
    return sum;
}

router::RoutingTable& MessageRouter::make_table(access::AccountId account) {
    tables_.resize(std::max(tables_.size(), std::size_t{account} + 1));
    tables_[account] = std::make_unique<router::RoutingTable>(reactor_.index(), seed_);
    return *tables_[account];
}

std::string MessageRouter::filter_of(const ActiveSubscription& subscription) const {
    return tables_[subscription.record().account()]->filter_of(subscription);
}

bool MessageRouter::route_everywhere(RoutedMessage& routed) {
    bool somewhere = route(routed);
    if (accounts_) [[unlikely]] {
        somewhere = route_to_importers(routed) || somewhere;
    }
    return somewhere;
}

bool MessageRouter::route_to_importers(const RoutedMessage& routed) {
    bool somewhere = false;
    accounts_->for_each_importer(routed.account, routed.subject, [&](access::AccountId importer) {
        RoutedMessage there = routed;
        there.account = importer;
        there.reports_absence = true;
        somewhere = route(there) || somewhere;
    });
    return somewhere;
}

bool MessageRouter::route(RoutedMessage& routed) {
    const auto route = table(routed.account)
                           .route(
                               routed.subject,
                               routed.echo_key(),
                               queued_size(routed.message),
                               DividedMessages::may_divide(routed) ? router::Division::in_steps
                                                                   : router::Division::never
                           );
    if (route->in_steps) [[unlikely]] {
        divided_.begin(routed);
        return true;
    }
    dispatch(*route, routed);
    return !route->nobody();
}

bool MessageRouter::route_group(
    RoutedMessage& routed, std::string_view group, router::GroupChoice choice
) {
    const auto route =
        table(routed.account)
            .route_group(
                routed.subject, routed.echo_key(), group, queued_size(routed.message), choice
            );
    if (route->nobody()) {
        return false;
    }
    dispatch(*route, routed);
    return true;
}

void MessageRouter::dispatch(const router::Route& route, RoutedMessage& routed) {
    reactor_.work().add(work_of(route));
    // Plain subscribers on this reactor report nothing.
    if (routed.is_request || routed.awaits_reply || !route.groups.empty() ||
        !route.forwards.empty()) {
        routed.targets = route.plain.size() + route.groups.size() + route.forwards.size();
        routed.reports_absence =
            routed.reports_absence && (routed.targets == 1 || routed.is_request);
        routed.awaits_reply = routed.awaits_reply && routed.targets == 1;
    }
    for (router::Subscription* subscription : route.plain) {
        deliver(static_cast<ActiveSubscription&>(*subscription), routed);
    }
    give_to_members(route.groups, routed);
    const SharedChargePtr charge =
        route.forwards.size() > 1 ? forwarding_.charge_once(routed) : nullptr;
    for (const router::ForwardTarget& target : route.forwards) {
        forward(target, work_of(target, route), routed, charge);
    }
}

void MessageRouter::give_to_members(
    std::span<const router::GroupTarget> targets, const RoutedMessage& routed
) {
    for (; !targets.empty(); targets = targets.subspan(std::min(kLoadedTogether, targets.size()))) {
        const auto some = targets.first(std::min(kLoadedTogether, targets.size()));
        for (const router::GroupTarget& target : some) {
            prefetch(target.member);
        }
        for (const router::GroupTarget& target : some) {
            prefetch(static_cast<ActiveSubscription*>(target.member->local));
            prefetch(target.member->load.get());
        }
        for (const router::GroupTarget& target : some) {
            auto& subscription = static_cast<ActiveSubscription&>(*target.member->local);
            give(subscription, target.claimed, ticket_of(target, routed), routed);
        }
    }
}

void MessageRouter::forward(
    const router::ForwardTarget& target,
    std::uint64_t work,
    const RoutedMessage& routed,
    const SharedChargePtr& charge
) {
    ForwardBatch& batch = forwarding_.batch_for(target.reactor);
    batch.add_work(work);
    ForwardedMessage& item =
        batch.add(routed.message, routed.owner, routed.reply_to, routed.subject);
    if (charge) [[unlikely]] {
        batch.share_charge(charge);
    }
    item.publisher = routed.publisher;
    item.account = routed.account;
    item.traces = routed.traces;
    item.reports_absence = routed.reports_absence;
    item.awaits_reply = routed.awaits_reply;
    item.plain = target.plain;
    item.hops = routed.hops;
    item.confirmation = routed.confirmation;
    for (const router::GroupTarget& chosen : target.groups) {
        batch.add_chosen({chosen.member->load, chosen.claimed, ticket_of(chosen, routed)});
    }
    ++ledger_.counters().handed_over_messages;
    forwarding_.send_if_full(target.reactor);
}

// --- delivery -------------------------------------------------------------------------------

void MessageRouter::deliver(ActiveSubscription& subscription, const RoutedMessage& routed) {
    if (subscription.ended) {
        return;
    }
    Client& client = subscription.client();
    if (subscription.hides_some && !client.may_receive(routed.subject)) {
        return;
    }
    ledger_.route(subscription);
    const broker::Admission admitted =
        client.admit(subscription, queued_size(routed.message), routed.publisher);
    if (!admitted) [[unlikely]] {
        ledger_.drop(subscription, routed, admitted.error());
        return;
    }
    const bool limited = subscription.limited_by_credit;
    if (limited && (subscription.credit == 0 || !subscription.held.empty())) [[unlikely]] {
        hold(subscription, {}, routed);
        return;
    }
    const auto sent = client.deliver(delivery_of(subscription, routed));
    if (!sent) [[unlikely]] {
        ledger_.drop(subscription, routed, sent.error());
        return;
    }
    subscription.credit -= limited ? 1 : 0;
    note_request(subscription, routed);
    ledger_.trace(v1::TraceEvent::DELIVERED, subscription, routed);
    count_delivery(subscription);
}

void MessageRouter::hold(
    ActiveSubscription& subscription, router::WaitingTicket ticket, const RoutedMessage& routed
) {
    if (credit_.hold(subscription, std::move(ticket), routed)) {
        groups_.wake(CreditQueues::group_of(subscription));
    }
}

void MessageRouter::give(
    ActiveSubscription& subscription,
    bool claimed,
    router::WaitingTicket ticket,
    const RoutedMessage& routed
) {
    ledger_.route(subscription);
    Client& client = subscription.client();
    router::MemberLoad& load = *subscription.group_member->load;
    const std::size_t size = queued_size(routed.message);
    broker::SendResult taken = client.admit(subscription, size, routed.publisher);
    if (taken && !claimed) {
        load.connection().cancel(size);
        hold(subscription, std::move(ticket), routed);
        return;
    }
    const std::uint64_t dropped = subscription.dropped;
    if (taken) {
        taken = client.deliver(delivery_of(subscription, routed));
    }
    if (!taken) {
        ledger_.drop(subscription, routed, taken.error());
        load.refuse(size);
        load.connection().cancel(size);
        if (claimed) {
            load.give_back();
            groups_.notify_watchers(subscription);
        }
        return;
    }
    note_request(subscription, routed);
    ledger_.trace(v1::TraceEvent::DELIVERED, subscription, routed);
    count_delivery(subscription);
    if (subscription.dropped == dropped) {
        load.connection().arrive(size);
        load.forgive();
    } else {
        load.connection().cancel(size);
        load.refuse(size);
    }
}

}  // namespace telex::exchange

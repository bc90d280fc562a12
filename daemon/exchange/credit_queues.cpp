#include "exchange/credit_queues.hpp"

#include <utility>

namespace telex::exchange {

bool CreditQueues::hold(
    ActiveSubscription& subscription, router::WaitingTicket ticket, const RoutedMessage& routed
) {
    ledger_.trace(v1::TraceEvent::HELD, subscription, routed);
    ledger_.accept();
    HeldMessage held{StoredMessage::keep(routed.message, routed.owner, routed.reply_to)};
    held.publisher = routed.publisher;
    held.traces = routed.traces;
    held.reports_absence = routed.reports_absence;
    held.awaits_reply = routed.awaits_reply;
    held.ticket = std::move(ticket);
    if (routed.subject.data() != routed.message.subject.data()) {
        held.routed_by = routed.subject;
    }
    const bool like_the_last =
        !subscription.held.empty() && subscription.held.back().subject() == held.subject();
    subscription.client().charge_held(held.memory());
    subscription.held.push_back(std::move(held));
    ++size_;
    ++subscription.record().books().held;
    if (subscription.group_member == nullptr) {
        return false;
    }
    if (subscription.held.size() == 1) {
        subscription.holder_number = ++last_holder_number_;
        holders_[group_of(subscription)].emplace(subscription.holder_number, &subscription);
    }
    return !like_the_last;
}

HeldMessage CreditQueues::take(ActiveSubscription& subscription, std::size_t index) {
    HeldMessage held = std::move(subscription.held[index]);
    subscription.held.erase(index);
    --size_;
    --subscription.record().books().held;
    subscription.client().release_held(held.memory());
    if (subscription.group_member != nullptr && subscription.held.empty()) {
        const auto holders = holders_.find(group_of(subscription));
        holders->second.erase(subscription.holder_number);
        if (holders->second.empty()) {
            holders_.erase(holders);
        }
    }
    return held;
}

HeldMessage CreditQueues::pass_on(ActiveSubscription& subscription, std::size_t index) {
    ledger_.unroute(subscription);
    return take(subscription, index);
}

void CreditQueues::drop_oldest(ActiveSubscription& subscription, DropReason reason) {
    const HeldMessage held = take(subscription, 0);
    ledger_.drop_held(subscription, held, reason);
    subscription.held.shrink();
}

std::vector<ActiveSubscription*> CreditQueues::holders_of(const GroupKey& group) const {
    std::vector<ActiveSubscription*> holders;
    if (const auto found = holders_.find(group); found != holders_.end()) {
        holders.reserve(found->second.size());
        for (const auto& [number, subscription] : found->second) {
            holders.push_back(subscription);
        }
    }
    return holders;
}

RoutedMessage CreditQueues::routed(access::AccountId account, HeldMessage& held) {
    return {
        .message = held.message,
        .owner = &held.body.owner,
        .subject = held.subject(),
        .reply_to = held.reply_to,
        .publisher = held.publisher,
        .account = account,
        .traces = held.traces,
        .reports_absence = held.reports_absence,
        .awaits_reply = held.awaits_reply,
        .ticket = &held.ticket,
    };
}

}  // namespace telex::exchange

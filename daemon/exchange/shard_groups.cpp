// Shard: messages of queue groups (docs/adr/0009-groups-that-share-the-work.md).
//
//   publish --> chosen for a member with credit and room, its credit claimed --> its reactor: give
//           \-> nobody takes it: it waits at a member, in its reactor's `held`
//   a member takes messages again (credit, room, it is new) --> every reactor that found it closed
//           --> what waits there is chosen for it, oldest first
//
// A message that waits keeps its place in the line of the reactor that published it until it has
// reached its member: what that reactor routes meanwhile goes behind it. So a member gets what one
// publisher sent in order. Only a message whose member left, or was seen to be stalled, while the
// message was on its way is passed on and may come later than those behind it.
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <algorithm>
#include <utility>

namespace telex::exchange {

namespace {

// How often a message may be passed on.
constexpr std::uint8_t kMaxHops = 8;
// Of what waits at one member, for so many messages somebody else is looked for, and so many are
// looked at, each time that somebody may take them.
constexpr std::size_t kPlacings = 16;
constexpr std::size_t kHeldLooks = 1024;

}  // namespace

void Shard::give(
    ActiveSubscription& subscription,
    bool claimed,
    router::WaitingTicket ticket,
    const Transit& transit
) {
    Client& client = *subscription.client;
    router::MemberLoad& load = *subscription.group_member->load;
    const std::size_t size = queued_size(transit.message);
    broker::SendResult taken = client.admit(subscription, size, transit.publisher);
    if (taken && !claimed) {
        load.connection().cancel(size);
        hold(subscription, std::move(ticket), transit);
        return;
    }
    const std::uint64_t dropped = subscription.dropped;
    if (taken) {
        taken = client.deliver({subscription.id, transit.message, transit.reply_to, transit.owner});
    }
    if (!taken) {
        drop(subscription, transit, taken.error());
        load.refuse(size);
        load.connection().cancel(size);
        if (claimed) {
            load.give_back();
            tell_watchers(subscription);
        }
        return;
    }
    trace(v1::TraceEvent::DELIVERED, subscription, transit);
    account_delivery(subscription);
    if (subscription.dropped == dropped) {
        load.connection().arrive(size);
        load.forgive();
    } else {
        load.connection().cancel(size);
        load.refuse(size);
    }
}

bool Shard::receive_chosen(ChosenMember& chosen, Transit transit) {
    router::MemberLoad& load = *chosen.member;
    const std::string& group = load.facts().group;
    transit.ticket = &chosen.ticket;
    const bool may_pass_on = transit.hops < kMaxHops;
    router::Subscription* const here = table(transit.account).member_here(load);
    if (here == nullptr) {
        ++transit.hops;
        const bool somebody =
            may_pass_on && spread_group(transit, group, router::GroupChoice::anybody);
        if (!somebody) {
            drop_unowned(DropReason::group_vanished, transit.message);
        }
        return somebody;
    }
    auto& subscription = static_cast<ActiveSubscription&>(*here);
    if (chosen.claimed && !load.connection().has_room() && may_pass_on) {
        ++transit.hops;
        if (spread_group(transit, group, router::GroupChoice::who_takes)) {
            load.connection().cancel(queued_size(transit.message));
            load.give_back();
            tell_watchers(subscription);
            return true;
        }
    }
    give(subscription, chosen.claimed, std::move(chosen.ticket), transit);
    return true;
}

bool Shard::spread_group(
    const Transit& transit, std::string_view group, router::GroupChoice choice
) {
    const auto route = table(transit.account)
                           .route_group(
                               transit.subject,
                               transit.publisher.key(),
                               group,
                               queued_size(transit.message),
                               choice
                           );
    carry_out(*route, transit);
    return !route->nobody();
}

void Shard::note_queue(ClientRecord& member, std::size_t bytes, bool has_room) {
    router::ConnectionLoad* const load = member.subscriber_.load.get();
    if (load == nullptr) {
        return;
    }
    load->settle(bytes);
    if (!has_room) {
        load->lose_room();
    } else if (load->gain_room()) {
        for (const auto& [id, subscription] : member.subscriptions_) {
            if (subscription.group_member != nullptr) {
                subscription.group_member->load->forgive();
                tell_watchers(subscription);
            }
        }
        place_waiting();
    }
}

void Shard::tell_watchers(const ActiveSubscription& subscription) {
    const router::MemberLoadPtr& load = subscription.group_member->load;
    const access::AccountId account = subscription.record->account();
    load->take_watchers().for_each([&](router::ReactorIndex reactor) {
        Shard& watcher = exchange_.shard(reactor);
        if (&watcher == this) {
            reopen(account, *load);
        } else {
            watcher.reactor_.post([&watcher, account, load] {
                watcher.reopen(account, *load);
                watcher.place_waiting();
            });
        }
    });
}

void Shard::reopen(access::AccountId account, const router::MemberLoad& member) {
    if (table(account).reopen(member)) {
        wake_group(account, member.facts().group);
    }
}

void Shard::wake_group(access::AccountId account, std::string_view group) {
    if (!holders_.empty()) {
        woken_.emplace_back(account, group);
    }
}

void Shard::place_waiting() {
    if (placing_) {
        return;  // by this function, which goes on until nothing is left
    }
    placing_ = true;
    while (!woken_.empty() || !homeless_.empty()) {
        for (Homeless& homeless : std::exchange(homeless_, {})) {
            place_again(std::move(homeless));
        }
        for (const GroupKey& group : std::exchange(woken_, {})) {
            serve_group(group);
        }
        remove_ended();
    }
    placing_ = false;
}

void Shard::place_again(Homeless homeless) {
    HeldMessage& held = homeless.message;
    const Transit transit = transit_of(homeless.group.first, held);
    if (spread_group(transit, homeless.group.second, router::GroupChoice::anybody)) {
        return;
    }
    drop_unowned(homeless.reason, held.message);
    if (held.only_target && !held.reply_to.empty()) {
        no_responders(held.reply_to);
    }
}

void Shard::serve_group(const GroupKey& group) {
    const auto found = holders_.find(group);
    if (found == holders_.end()) {
        return;
    }
    // Those that have nothing left are taken out of the list meanwhile.
    const std::vector<ActiveSubscription*> holders = found->second;
    for (ActiveSubscription* holder : holders) {
        std::string_view stuck;
        std::size_t failures = 0;
        for (std::size_t i = 0;
             i < holder->held.size() && i < kHeldLooks && failures < kPlacings;) {
            const std::string_view subject = holder->held[i].subject();
            if (subject != stuck && serve_held(*holder, i)) {
                continue;
            }
            failures += subject == stuck ? 0U : 1U;
            stuck = subject;
            ++i;
        }
        holder->held.shrink();
    }
}

// Somebody takes the message, and has it. False: nobody.
bool Shard::serve_held(ActiveSubscription& subscription, std::size_t index) {
    HeldMessage& waiting = subscription.held[index];
    const auto route = table(subscription.record->account())
                           .route_group(
                               waiting.subject(),
                               waiting.publisher.key(),
                               subscription.group_member->load->facts().group,
                               queued_size(waiting.message),
                               router::GroupChoice::who_takes
                           );
    if (route->nobody()) {
        return false;
    }
    HeldMessage held = take_held(subscription, index);
    carry_out(*route, transit_of(subscription.record->account(), held));
    return true;
}

// --- what waits for credit, in groups and elsewhere ---------------------------------------------

void Shard::hold(
    ActiveSubscription& subscription, router::WaitingTicket ticket, const Transit& transit
) {
    trace(v1::TraceEvent::HELD, subscription, transit);
    HeldMessage held{StoredMessage::keep(transit.message, transit.owner, transit.reply_to)};
    held.publisher = transit.publisher;
    held.traces = transit.traces;
    held.only_target = transit.only_target;
    held.ticket = std::move(ticket);
    if (transit.subject.data() != transit.message.subject.data()) {
        held.routed_by = transit.subject;
    }
    const bool like_the_last =
        !subscription.held.empty() && subscription.held.back().subject() == held.subject();
    subscription.held.push_back(std::move(held));
    ++accepted_;
    ++waiting_messages_;
    subscription.client->charge_held(transit.message.body.size());
    if (subscription.group_member == nullptr) {
        return;
    }
    GroupKey group{subscription.record->account(), subscription.group_member->load->facts().group};
    if (subscription.held.size() == 1) {
        holders_[group].push_back(&subscription);
    }
    // Whoever sent it here found nobody; this reactor has to find that, too, to be told.
    if (!like_the_last) {
        woken_.push_back(std::move(group));
    }
}

Shard::Transit Shard::transit_of(access::AccountId account, HeldMessage& held) {
    return {
        .message = held.message,
        .owner = &held.body.owner,
        .subject = held.subject(),
        .reply_to = held.reply_to,
        .publisher = held.publisher,
        .account = account,
        .traces = held.traces,
        .only_target = held.only_target,
        .ticket = &held.ticket,
    };
}

HeldMessage Shard::take_held(ActiveSubscription& subscription, std::size_t index) {
    HeldMessage held = std::move(subscription.held[index]);
    subscription.held.erase(index);
    --waiting_messages_;
    subscription.client->release_held(held.body.bytes.size());
    if (subscription.group_member != nullptr && subscription.held.empty()) {
        const auto holders = holders_.find(
            {subscription.record->account(), subscription.group_member->load->facts().group}
        );
        std::erase(holders->second, &subscription);
        if (holders->second.empty()) {
            holders_.erase(holders);
        }
    }
    return held;
}

}  // namespace telex::exchange

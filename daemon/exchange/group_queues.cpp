#include "exchange/group_queues.hpp"

#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace telex::exchange {

namespace {

// Limits of one attempt to serve a group: messages for which no member was found, and messages
// considered, of each subscription that holds some.
constexpr std::size_t kMaxFailures = 16;
constexpr std::size_t kMaxConsidered = 1024;

}  // namespace

void GroupQueues::note_queue(ClientRecord& client, std::size_t bytes, bool has_room) {
    router::ConnectionLoad* const load = client.load();
    if (load == nullptr) {
        return;
    }
    load->settle(bytes);
    if (!has_room) {
        load->lose_room();
    } else if (load->gain_room()) {
        shard_.reactor().work().add(reactor::work::kEntry * client.subscriptions().size());
        for (const auto& [id, subscription] : client.subscriptions()) {
            if (subscription.group_member != nullptr) {
                subscription.group_member->load->forgive();
                notify_watchers(subscription);
            }
        }
        serve();
    }
}

void GroupQueues::notify_watchers(const ActiveSubscription& subscription) {
    const router::MemberLoadPtr& load = subscription.group_member->load;
    const access::AccountId account = subscription.record().account();
    load->take_watchers().for_each([&](router::ReactorIndex reactor) {
        Shard& watcher = shard_.exchange().shard(reactor);
        if (&watcher == &shard_) {
            reopen(account, *load);
        } else {
            watcher.reactor().post([&groups = watcher.groups(), account, load] {
                groups.reopen(account, *load);
                groups.serve();
            });
        }
    });
}

void GroupQueues::reopen(access::AccountId account, const router::MemberLoad& member) {
    if (shard_.router().table(account).reopen(member)) {
        wake(account, member.facts().group);
    }
}

void GroupQueues::wake(access::AccountId account, std::string_view group) {
    if (shard_.credit().any_of_groups()) {
        woken_.emplace_back(account, group);
    }
}

void GroupQueues::serve_all() {
    if (serving_) {
        return;  // the outer call goes on until nothing is left
    }
    serving_ = true;
    while (!woken_.empty() || !homeless_.empty()) {
        for (Homeless& homeless : std::exchange(homeless_, {})) {
            place(std::move(homeless));
        }
        for (const GroupKey& group : std::exchange(woken_, {})) {
            serve_group(group);
        }
        shard_.subscriptions().remove_ended();
    }
    serving_ = false;
}

void GroupQueues::place(Homeless homeless) {
    HeldMessage& held = homeless.message;
    RoutedMessage routed = CreditQueues::routed(homeless.group.first, held);
    if (shard_.router().route_group(routed, homeless.group.second, router::GroupChoice::anybody)) {
        return;
    }
    shard_.ledger().drop_unowned(homeless.reason, held.message);
    if (held.reports_absence && !held.reply_to.empty()) {
        shard_.requests().note_absence(held.reply_to);
    }
}

void GroupQueues::serve_group(const GroupKey& group) {
    // A copy: subscriptions that have nothing left are removed from the list meanwhile.
    for (ActiveSubscription* holder : shard_.credit().holders_of(group)) {
        std::string stuck;  // a copy: deliveries may change the queue
        std::size_t failures = 0;
        for (std::size_t i = 0;
             i < holder->held.size() && i < kMaxConsidered && failures < kMaxFailures;) {
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

// Returns false if no member takes the message.
bool GroupQueues::serve_held(ActiveSubscription& subscription, std::size_t index) {
    HeldMessage& waiting = subscription.held[index];
    const access::AccountId account = subscription.record().account();
    const auto route = shard_.router().table(account).route_group(
        waiting.subject(),
        waiting.publisher.key(),
        subscription.group_member->load->facts().group,
        queued_size(waiting.message),
        router::GroupChoice::who_takes
    );
    if (route->nobody()) {
        shard_.reactor().work().add(
            reactor::work::kFrame + reactor::work::kNode * (route->visited + route->considered)
        );
        return false;
    }
    HeldMessage held = shard_.credit().pass_on(subscription, index);
    RoutedMessage routed = CreditQueues::routed(account, held);
    shard_.router().dispatch(*route, routed);
    return true;
}

}  // namespace telex::exchange

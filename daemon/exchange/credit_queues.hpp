#pragma once
// Messages that wait for the credit of their subscription, oldest first, and which subscriptions
// here hold messages of a queue group.
//
// Owner and thread: one shard.
#include "exchange/client_record.hpp"
#include "exchange/ledger.hpp"
#include "exchange/routed_message.hpp"
#include "router/queue_group.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace telex::exchange {

class CreditQueues {
public:
    explicit CreditQueues(Ledger& ledger) : ledger_(ledger) {}

    // Adds a message. Returns true if its queue group should be served: this reactor has not yet
    // found that no member takes messages of this subject.
    bool hold(
        ActiveSubscription& subscription, router::WaitingTicket ticket, const RoutedMessage& routed
    );
    // To deliver it to the subscription.
    HeldMessage take(ActiveSubscription& subscription, std::size_t index);
    // To route it again within its queue group.
    HeldMessage pass_on(ActiveSubscription& subscription, std::size_t index);
    // Drops the oldest message; there must be one.
    void drop_oldest(ActiveSubscription& subscription, DropReason reason);

    // The sum over all subscriptions.
    std::size_t size() const { return size_; }

    bool any_of_groups() const { return !holders_.empty(); }

    // The subscriptions that hold messages of the group.
    std::vector<ActiveSubscription*> holders_of(const GroupKey& group) const;

    static GroupKey group_of(const ActiveSubscription& subscription) {
        return {subscription.record().account(), subscription.group_member->load->facts().group};
    }

    // The message as it is routed again; refers to `held`.
    static RoutedMessage routed(access::AccountId account, HeldMessage& held);

private:
    Ledger& ledger_;
    std::size_t size_ = 0;
    // By ActiveSubscription::holder_number: the first that began to hold messages comes first.
    std::map<GroupKey, std::map<std::uint64_t, ActiveSubscription*>> holders_;
    std::uint64_t last_holder_number_ = 0;
};

}  // namespace telex::exchange

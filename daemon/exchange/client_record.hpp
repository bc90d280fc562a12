#pragma once
// A shard's record of one client: its subscriptions, open requests and drops.
//
// Owned by the ClientPort by which the client joins the shard. Thread: the shard's.
#include "access/accounts.hpp"
#include "access/usage.hpp"
#include "base/rare_ring.hpp"
#include "broker/client.hpp"
#include "exchange/drop_books.hpp"
#include "exchange/pending_replies.hpp"
#include "exchange/stored_message.hpp"
#include "exchange/stream_member.hpp"
#include "exchange/trace_set.hpp"
#include "match/wildcard_patterns.hpp"
#include "router/member_load.hpp"
#include "router/reply_table.hpp"
#include "router/subscription.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace telex::exchange {

using broker::Client;
using broker::ClientId;

class ClientRecord;
class Requests;
class Shard;
class StreamMembers;
class Subscriptions;

// A message that waits for credit.
struct HeldMessage : StoredMessage {
    ClientId publisher;
    TraceSet traces = 0;
    // See RoutedMessage.
    bool reports_absence = false;
    bool awaits_reply = false;
    router::WaitingTicket ticket;  // in a queue group
    std::string routed_by;         // empty: the message's own subject

    // With its place in the queue, which grows to twice what it needs.
    std::size_t memory() const {
        return 2 * sizeof(HeldMessage) + StoredMessage::memory() + memory_of(routed_by);
    }

    // That it is routed by.
    std::string_view subject() const {
        return routed_by.empty() ? message.subject : std::string_view(routed_by);
    }
};

// A subscription in force, with what the exchange accounts for it.
struct ActiveSubscription : broker::Subscription {
    // Plain subscriptions only; the credit of a queue group's member is in its MemberLoad.
    bool limited_by_credit = false;
    bool watches_events = false;  // counted by the event feed
    bool charged = false;         // to its user, if there are users
    // Bytes that were charged, with its share in the routing tables.
    std::uint32_t memory = 0;
    std::uint64_t credit = 0;
    std::uint64_t max_messages = 0;  // 0: no limit
    // Null once it has ended.
    std::unique_ptr<const access::Charge> charge;
    // Null if its filter has no wildcard.
    match::WildcardPatterns::Pattern* pattern = nullptr;
    // In a queue group, while messages wait: of CreditQueues.
    std::uint64_t holder_number = 0;
    // Messages waiting for credit, oldest first.
    RareRing<HeldMessage> held;

    // Of its client, which has not left.
    ClientRecord& record() const;

    Client& client() const;
};

// Counts of the messages for one client, over all its subscriptions and requests:
//
//   routed = taken + dropped + held, taken = delivered + queued
struct ClientBooks {
    std::uint64_t routed = 0;  // to be delivered
    std::uint64_t taken = 0;   // passed to the client, and not dropped from its queue later
    std::uint64_t dropped = 0;
    std::uint64_t held = 0;    // waiting for credit
    std::uint64_t queued = 0;  // of those taken: not written yet

    std::uint64_t delivered() const { return taken - queued; }

    ClientBooks& operator+=(const ClientBooks& other) {
        routed += other.routed;
        taken += other.taken;
        dropped += other.dropped;
        held += other.held;
        queued += other.queued;
        return *this;
    }
};

class ClientRecord : private router::Subscriber {
public:
    // A place in the reply table, which grows to twice what it needs, and the session's note of it.
    static constexpr std::size_t kRequestMemory = 2 * router::ReplyTable::kEntryMemory + 64;

    // Of a request that it has received: an entry of PendingReplies, which grows to twice what it
    // needs.
    static constexpr std::size_t kPendingReplyMemory = 2 * sizeof(router::ReplyAddress);

    // Ordered, because the client chooses the ids: a tree has no collisions.
    using SubscriptionMap = std::map<std::uint64_t, ActiveSubscription>;

    explicit ClientRecord(Client& client) : client_(client) {}

    ClientRecord(const ClientRecord&) = delete;
    ClientRecord& operator=(const ClientRecord&) = delete;

    Client& client() const { return client_; }

    ClientId id() const { return id_; }

    access::AccountId account() const { return account_; }

    // Only while there are neither subscriptions nor requests. `usage`: of its user.
    void set_account(access::AccountId account, access::UsagePtr usage = nullptr) {
        account_ = account;
        usage_ = std::move(usage);
    }

    TraceSet traces() const { return traces_; }

    void set_traces(TraceSet traces) { traces_ = traces; }

    SubscriptionMap& subscriptions() { return subscriptions_; }

    const SubscriptionMap& subscriptions() const { return subscriptions_; }

    // Returns null if there is none with this id.
    ActiveSubscription* find_subscription(std::uint64_t id) {
        const auto found = subscriptions_.find(id);
        return found == subscriptions_.end() ? nullptr : &found->second;
    }

    // --- its members of consumers, which StreamMembers keeps -----------------------------------
    std::size_t member_count() const { return members_ ? members_->size() : 0; }

    // Returns null if there is none with this id.
    StreamMember* find_member(std::uint64_t id) const {
        if (!members_) [[likely]] {
            return nullptr;
        }
        const auto found = members_->find(id);
        return found == members_->end() ? nullptr : &found->second;
    }

    // Returns null if there is none.
    StreamMember* first_member() const { return members_ ? &members_->begin()->second : nullptr; }

    // `function(member)` ends none.
    template <class Function>
    void for_each_member(Function function) const {
        if (members_) [[unlikely]] {
            for (auto& [id, member] : *members_) {
                function(member);
            }
        }
    }

    // Of its newest subscription, by which the other reactors learn of it; 0 before the first one.
    std::uint64_t interest_round() const { return interest_round_; }

    void set_interest_round(std::uint64_t round) { interest_round_ = round; }

    // The number of its shard's batch with its newest message that was offered to a stream; 0: none
    // was.
    std::uint64_t last_offer() const { return last_offer_; }

    void set_last_offer(std::uint64_t batch) { last_offer_ = batch; }

    const match::WildcardPatterns& patterns() const { return patterns_; }

    std::size_t open_requests() const { return open_requests_; }

    const ClientBooks& books() const { return books_; }

    // Memory of the subscriptions of all clients of its user; without users, of this client.
    std::size_t subscription_memory_of_holder() const {
        return usage_ ? usage_->subscription_bytes.load(std::memory_order_relaxed)
                      : subscription_memory_;
    }

    // Memory of its subscriptions and requests, with its share in the tables of all reactors, and
    // of the requests that it has not replied to. Charged to the memory budget by the exchange.
    std::size_t memory() const {
        return subscription_memory_ + open_requests_ * kRequestMemory +
               pending_replies_.size() * kPendingReplyMemory;
    }

    // For Ledger, DropBooks and CreditQueues, which keep them.
    ClientBooks& books() { return books_; }

    DropTally& drop_tally() {
        if (!drop_tally_) {
            drop_tally_ = std::make_unique<DropTally>();
        }
        return *drop_tally_;
    }

    // Its drops by reason; null before the first one.
    const DropTally* drops() const { return drop_tally_.get(); }

    // The load that queue groups see; null before its first subscription with a group.
    router::ConnectionLoad* load() const { return Subscriber::load.get(); }

private:
    friend class Shard;
    friend class Requests;
    friend class StreamMembers;
    friend class Subscriptions;
    friend struct ActiveSubscription;

    void charge_subscription(std::size_t bytes) {
        subscription_memory_ += bytes;
        if (usage_) {
            usage_->subscription_bytes.fetch_add(bytes, std::memory_order_relaxed);
        }
    }

    void release_subscription(std::size_t bytes) {
        subscription_memory_ -= bytes;
        if (usage_) {
            usage_->subscription_bytes.fetch_sub(bytes, std::memory_order_relaxed);
        }
    }

    StreamMemberMap& members_of_streams() {
        if (!members_) {
            members_ = std::make_unique<StreamMemberMap>();
        }
        return *members_;
    }

    void remove_member(std::uint64_t id) {
        members_->erase(id);
        if (members_->empty()) {
            members_.reset();
        }
    }

    Client& client_;
    ClientId id_;
    access::AccountId account_ = access::kDefaultAccount;
    std::uint32_t open_requests_ = 0;
    TraceSet traces_ = 0;
    access::UsagePtr usage_;  // null without users
    std::uint64_t interest_round_ = 0;
    std::uint64_t last_offer_ = 0;
    std::unique_ptr<router::Requester> requester_;  // created by the first request
    match::WildcardPatterns patterns_;
    PendingReplies pending_replies_;
    ClientBooks books_;
    std::size_t subscription_memory_ = 0;
    std::unique_ptr<DropTally> drop_tally_;  // created by the first drop
    SubscriptionMap subscriptions_;
    std::unique_ptr<StreamMemberMap> members_;  // null: there are none
};

inline ClientRecord& ActiveSubscription::record() const {
    return static_cast<ClientRecord&>(*subscriber);
}

inline Client& ActiveSubscription::client() const {
    return record().client();
}

}  // namespace telex::exchange

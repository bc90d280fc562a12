#pragma once
// A party of the exchange: whoever publishes, subscribes or asks. Connections and datagram peers
// are members; the shard knows them only by this.
//
// A member belongs to one shard and is touched on its reactor's thread only. It is taken out of the
// shard (Shard::leave) before it dies, never from inside a call of the shard to it.
#include "access/accounts.hpp"
#include "access/usage.hpp"
#include "base/ring.hpp"
#include "exchange/connection_id.hpp"
#include "exchange/counters.hpp"
#include "exchange/drop_books.hpp"
#include "exchange/stored_message.hpp"
#include "exchange/trace_set.hpp"
#include "router/member_load.hpp"
#include "router/reply_table.hpp"
#include "router/subscription.hpp"
#include "session/session.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace telex::exchange {

class Member;

// A message that waits for credit.
struct HeldMessage : StoredMessage {
    ConnectionId publisher;
    TraceSet traces = 0;
    // For a request: nobody else has got it.
    bool only_target = false;
    router::WaitingTicket ticket;  // of a queue group's
};

// A subscription in force: what the router matches, and what the exchange keeps account of.
struct ActiveSubscription : router::Subscription {
    // Of a plain one; a member of a queue group has its credit in its MemberLoad.
    bool limited_by_credit = false;
    bool ended = false;  // takes no more; about to be removed
    // Its member may not have all that it selects (Member::may_receive).
    bool hides_some = false;
    bool watches_events = false;  // counted by the event feed
    v1::SlowPolicy slow_policy = v1::SLOW_POLICY_UNSPECIFIED;
    std::uint64_t credit = 0;
    std::uint64_t max_messages = 0;  // 0: no limit
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;
    Member* member = nullptr;
    // To its user; null where there are none.
    std::unique_ptr<const access::Charge> charge;
    std::uint64_t serial = 0;  // unique in its shard, unlike the client's id, which may come again
    // Waiting for credit, oldest first.
    Ring<HeldMessage> held;
};

// What a member says to one more message. The error: it is dropped, for that reason.
using Admission = session::SendResult;

class Member {
public:
    virtual ~Member() = default;

    virtual session::Session& session() = 0;
    // May `bytes` more wait for this member? Applies the slow-consumer policy of the subscription:
    // may drop older messages, pause `publisher`, or end the connection.
    [[nodiscard]] virtual Admission admit(
        ActiveSubscription& subscription, std::size_t bytes, ConnectionId publisher
    ) = 0;
    // Asked of each message of a subscription that hides some.
    virtual bool may_receive(std::string_view subject) const = 0;

    // False: there are no users, and everybody may publish and subscribe everywhere.
    virtual bool has_permissions() const { return false; }

    // Of its user; empty where there are no users.
    virtual std::string_view user_name() const { return {}; }

    // As session::Host says.
    virtual bool is_owner() const { return false; }

    // Of its connection, as operators know it; 0: it has none.
    virtual std::uint64_t number() const { return 0; }

    // Who it is, as NAME=VALUE, for lines of the log.
    virtual std::string describe_for_log() const {
        return "connection=" + std::to_string(number());
    }

    // Passes an admitted message to the session, which encodes it.
    [[nodiscard]] virtual session::SendResult deliver(const session::Delivery& delivery) = 0;
    // Bytes held outside the member on its behalf (waiting for credit).
    virtual void charge_held(std::size_t bytes) = 0;
    virtual void release_held(std::size_t bytes) = 0;
    // True when pause() keeps further messages away.
    virtual bool can_pause() const = 0;
    // Take no more publications from the peer, until as many calls of resume.
    virtual void pause() = 0;
    virtual void resume() = 0;

    ConnectionId id() const { return id_; }

    access::AccountId account() const { return account_; }

    TraceSet traces() const { return traces_; }

    void set_traces(TraceSet traces) { traces_ = traces; }

    std::size_t subscription_count() const { return subscriptions_.size(); }

    std::size_t open_requests() const { return open_requests_; }

    // Messages that it did not get.
    std::uint64_t dropped_messages() const { return dropped_messages_; }

    // For DropBooks, which keeps both.
    void add_dropped(std::uint64_t count) { dropped_messages_ += count; }

    DropTally& drop_tally() {
        if (!drop_tally_) {
            drop_tally_ = std::make_unique<DropTally>();
        }
        return *drop_tally_;
    }

    // Its socket is full: queue groups pass over it until Shard::note_queue says otherwise.
    void lose_room() {
        if (subscriber_.load) {
            subscriber_.load->lose_room();
        }
    }

    // It is about to leave: queue groups pass over it for good.
    void leave_groups() {
        if (subscriber_.load) {
            subscriber_.load->leave();
        }
    }

    ActiveSubscription* find_subscription(std::uint64_t id) {
        const auto found = subscriptions_.find(id);
        return found == subscriptions_.end() ? nullptr : &found->second;
    }

    bool knows_subscription(std::uint64_t id) const { return subscriptions_.contains(id); }

protected:
    // The client chooses the numbers: a tree has none that collide.
    using Subscriptions = std::map<std::uint64_t, ActiveSubscription>;

    Subscriptions& subscriptions() { return subscriptions_; }

    // While it has neither subscriptions nor requests.
    void enter(access::AccountId account) { account_ = account; }

private:
    friend class Shard;
    ConnectionId id_;
    access::AccountId account_ = access::kDefaultAccount;
    TraceSet traces_ = 0;
    router::Subscriber subscriber_;
    router::Requester requester_;
    std::size_t open_requests_ = 0;
    std::uint64_t dropped_messages_ = 0;
    std::unique_ptr<DropTally> drop_tally_;  // from the first drop on
    Subscriptions subscriptions_;
};

}  // namespace telex::exchange

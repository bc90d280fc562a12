#pragma once
// The exchange on one reactor: who is here, who wants what, and where each message goes.
//
//   publish -> route in this reactor's replica -> local members: admit, deliver
//                                              -> other reactors: one hand-over each, batched
//   request -> entry in the reply table -> publish with a reply subject -> ... -> answer
//   subscribe -> replica -> interest told to all shards, acknowledged by all ->
//   Client::on_subscribed
//
// Shards talk by messages only (Reactor::post_task): hand-over batches, interest rounds, answers,
// pauses. Order per publisher holds because a publisher stays on one reactor and batches between
// two reactors do not overtake each other.
//
// Owner: Exchange. Thread: the reactor's, for every method except post-constructor getters.
#include "broker/client_id.hpp"
#include "broker/publication.hpp"
#include "broker/subscription_spec.hpp"
#include "exchange/client_record.hpp"
#include "exchange/confirmations.hpp"
#include "exchange/counters.hpp"
#include "exchange/drop_books.hpp"
#include "exchange/hand_over.hpp"
#include "exchange/memory_budget.hpp"
#include "exchange/secrets.hpp"
#include "exchange/top_subjects.hpp"
#include "exchange/tracer.hpp"
#include "reactor/reactor.hpp"
#include "router/reply_table.hpp"
#include "router/routing_table.hpp"

#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace telex::exchange {

class Exchange;

class Shard {
public:
    Shard(Exchange& exchange, reactor::Reactor& reactor);
    ~Shard();
    // Once all shards exist.
    void connect();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    // --- members ----------------------------------------------------------------------------
    void join(ClientRecord& member);
    // Ends its subscriptions and requests; what it has held is counted as dropped for `reason`.
    void leave(ClientRecord& member, DropReason reason);
    ClientRecord* find(ClientId id) const;

    // --- what members do --------------------------------------------------------------------
    void publish(ClientRecord& from, const broker::Publication& publication);
    void publish_with(
        ClientRecord& from,
        const broker::Publication& publication,
        const broker::PublishOptions& options
    );
    void request(
        ClientRecord& from,
        const broker::Publication& publication,
        std::uint64_t request_id,
        std::chrono::milliseconds timeout
    );

    // A message of the exchange itself, to subscribers in every account.
    struct OwnMessage {
        std::string subject;
        std::string payload;
        std::string_view content_type;
        std::string type;
    };

    // Not while messages are being routed.
    void publish_own(const OwnMessage& message);
    // `charge` is null where there are no users.
    void subscribe(
        ClientRecord& member,
        const broker::SubscriptionSpec& spec,
        std::unique_ptr<const access::Charge> charge = nullptr
    );
    std::string filter_of(const ActiveSubscription& subscription) const;
    void unsubscribe(ClientRecord& member, std::uint64_t id);
    void set_max_messages(ClientRecord& member, std::uint64_t id, std::uint64_t messages);
    void add_credit(ClientRecord& member, std::uint64_t id, std::uint64_t messages);
    void set_credit(ClientRecord& member, std::uint64_t id, std::uint64_t messages);
    // Client::on_flushed follows, at once or later, when what the member published before is in
    // the queues of its subscribers on all reactors.
    void flush(ClientRecord& member, std::uint64_t id);
    // What waits for the member's socket, and whether it takes more: for the choice of queue
    // groups. Not while a message is routed.
    void note_queue(ClientRecord& member, std::size_t bytes, bool has_room);
    // A delivery that was counted as made was dropped after all, from the member's queue.
    void uncount_delivery(ClientRecord& member, std::uint64_t subscription, DropReason reason);
    // Drops the message that has waited longest for the subscription's credit. Returns false if
    // none waits.
    bool drop_held(ClientRecord& member, std::uint64_t subscription, DropReason reason);
    // Frames that the member did not get, and that are no deliveries.
    void count_unsent(ClientRecord& member, const broker::SendFault& fault, std::uint64_t count);

    // What members of one account see of the others; null: nothing.
    void use_accounts(access::AccountsPtr accounts) { accounts_ = std::move(accounts); }

    // --- back-pressure ----------------------------------------------------------------------
    // Asks the publisher, wherever it lives, to pause or to go on. False: it cannot be paused.
    bool pause_publisher(ClientId publisher);
    void resume_publisher(ClientId publisher);

    // True while too much is under way to some other reactor: readers wait.
    bool congested() const { return congested_targets_ > 0; }

    // Runs `reader` again when congestion is over.
    void wait_for_relief(reactor::TurnWork& reader);
    void forget_waiting(const reactor::TurnWork& reader);

    // --- housekeeping -----------------------------------------------------------------------
    // Who knows what the members hold: `largest` tells the most in bytes, `shed` cuts its holder.
    void on_memory_shortage(std::function<std::size_t()> largest, std::function<void()> shed) {
        largest_holding_ = std::move(largest);
        shed_largest_ = std::move(shed);
    }

    std::size_t largest_holding() const { return largest_holding_ ? largest_holding_() : 0; }

    void shed_largest_holder() const { shed_largest_(); }

    ShardSnapshot snapshot() const;

    reactor::Reactor& reactor() { return reactor_; }

    Exchange& exchange() { return exchange_; }

    Counters& counters() { return counters_; }

    const TopSubjects& top_subjects() const { return top_subjects_; }

    BudgetAccount& account() { return account_; }

    Tracer& tracer() { return tracer_; }

    // --- for the shards' messages to each other, and the built-in responders ------------------
    void work_off(HandOverBatch& batch);
    void take_home(std::unique_ptr<HandOverBatch> batch);
    void apply_interest(
        std::uint16_t from, const std::vector<router::InterestChange>& changes, std::uint64_t round
    );
    // Ends an open request of the member.
    void complete(ClientRecord& member, std::uint64_t request_id, const broker::Delivery& delivery);
    void fail(ClientRecord& member, std::uint64_t request_id, v1::ErrorCode code);

private:
    // A message being routed.
    struct Transit {
        const wire::MessageView& message;
        const ChunkRef* owner;
        std::string_view subject;  // that it is routed by
        std::string_view reply_to;
        ClientId publisher;
        access::AccountId account = access::kDefaultAccount;
        TraceSet traces = 0;
        // It has no other target than those that are being looked for.
        bool only_target = true;
        // How often it was passed on by whom it was chosen for.
        std::uint8_t hops = 0;
        // Its place in a queue group's line, to be taken along.
        router::WaitingTicket* ticket = nullptr;
        // Number in Confirmations; 0: its publisher did not ask for the outcome.
        std::uint64_t confirmation = 0;
    };

    // A queue group, in all accounts.
    using GroupKey = std::pair<access::AccountId, std::string>;

    // A message of a group whose member has left with it.
    struct Homeless {
        HeldMessage message;
        GroupKey group;
        DropReason reason;  // if nobody is left
    };

    // A subscription whose client is told when all shards know of it.
    struct Unconfirmed {
        ClientId member;
        std::uint64_t id;
        std::uint64_t serial;
    };

    struct InterestRound {
        std::size_t missing = 0;
        std::vector<Unconfirmed> subscriptions;
    };

    struct Flush {
        ClientId member;
        std::uint64_t id;
    };

    // The flushes of one turn; `missing` reactors have not yet worked off what came before.
    struct FlushRound {
        std::vector<Flush> flushes;
        std::size_t missing = 0;
    };

    router::RoutingTable& table(access::AccountId account) {
        const bool there = account < tables_.size() && tables_[account];
        return there ? *tables_[account] : make_table(account);
    }

    router::RoutingTable& make_table(access::AccountId account);
    // Each returns false if there is no subscriber on any reactor. To be followed by
    // finish_routing().
    bool spread(const Transit& transit);
    bool spread_to_importers(const Transit& transit);
    bool spread_everywhere(const Transit& transit);
    // Carries out what had to wait until no route is held.
    void finish_routing();
    void carry_out(const router::Route& route, const Transit& from);

    // What a message takes in a queue: its body, head, framing and bookkeeping.
    static std::size_t queued_size(const wire::MessageView& message) {
        constexpr std::size_t kOverhead = 48;
        return message.body.size() + kOverhead;
    }

    void deliver(ActiveSubscription& subscription, const Transit& transit);
    void drop_held(ActiveSubscription& subscription, DropReason reason);
    void drop(
        ActiveSubscription& subscription, const Transit& transit, const broker::SendFault& fault
    );
    // --- queue groups (shard_groups.cpp) -----------------------------------------------------
    // To a member here, with a claimed credit or to wait for one.
    void give(
        ActiveSubscription& subscription,
        bool claimed,
        router::WaitingTicket ticket,
        const Transit& transit
    );
    // From another reactor. False: nobody is left.
    bool receive_chosen(ChosenMember& chosen, Transit transit);
    // Chooses again. False: nobody.
    bool spread_group(const Transit& transit, std::string_view group, router::GroupChoice choice);
    // The member may take messages again: all who have found that it did not are told.
    void tell_watchers(const ActiveSubscription& subscription);
    void reopen(access::AccountId account, const router::MemberLoad& member);
    // Somebody may take what waits for the group.
    void wake_group(access::AccountId account, std::string_view group);
    // Hands on what waits for groups that were woken, and what has lost its member. Not while a
    // message is routed.
    void place_waiting();
    void place_again(Homeless homeless);
    void serve_group(const GroupKey& group);
    bool serve_held(ActiveSubscription& subscription, std::size_t index);

    // --- what waits for credit ----------------------------------------------------------------
    void hold(
        ActiveSubscription& subscription, router::WaitingTicket ticket, const Transit& transit
    );
    HeldMessage take_held(ActiveSubscription& subscription, std::size_t index);
    static Transit transit_of(access::AccountId account, HeldMessage& held);

    void trace(
        Tracer::Kind kind,
        const ActiveSubscription& subscription,
        const Transit& transit,
        std::string_view detail = {}
    );
    void account_delivery(ActiveSubscription& subscription);
    HandOverBatch& batch_for(std::uint16_t target);
    void send_if_full(std::uint16_t target);
    void send_batch(std::uint16_t target);

    void drop_answer(
        ClientRecord& member,
        std::uint64_t request_id,
        const wire::MessageView& message,
        const broker::SendFault& fault
    );
    // A message that nobody got, and nobody is known who should have.
    void drop_unowned(DropReason reason, const wire::MessageView& message);

    void dispatch(HandOverBatch& batch, const HandOver& item);
    void confirm(const Confirmations::Outcome& outcome);
    void answer(const Transit& transit);
    void take_answer(const Transit& transit);
    void no_responders(std::string_view reply_to);
    void watch_deadlines();

    router::MemberLoadPtr member_load(ClientRecord& member, const broker::SubscriptionSpec& spec);
    void discard(ActiveSubscription& subscription, DropReason reason);
    void note_change(const ClientRecord& member, std::optional<router::InterestChange> change);
    void remove_ended();
    void release_held(ClientRecord& member, ActiveSubscription& subscription);
    void round_acknowledged(std::uint64_t round);
    void announce_interest();
    void begin_flushes();
    void end_flushes(const FlushRound& round);
    void finish_turn();

    Exchange& exchange_;
    reactor::Reactor& reactor_;
    // By account; the first is always there, others from their first subscription on.
    std::vector<std::unique_ptr<router::RoutingTable>> tables_;
    access::AccountsPtr accounts_;
    Secrets secrets_;
    router::ReplyTable replies_;
    asio::steady_timer deadline_timer_;
    bool deadline_timer_armed_ = false;
    std::function<std::size_t()> largest_holding_;
    std::function<void()> shed_largest_;
    Counters counters_;
    DropBooks drops_{counters_};
    TopSubjects top_subjects_;
    Tracer tracer_;
    BudgetAccount account_;

    struct Slot {
        ClientRecord* member = nullptr;
        std::uint32_t generation = 0;
    };

    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::size_t members_ = 0;

    struct Outgoing {
        std::unique_ptr<HandOverBatch> batch;
        std::vector<std::unique_ptr<HandOverBatch>> spare;
        std::size_t bytes_under_way = 0;
        bool congested = false;
    };

    std::vector<Outgoing> outgoing_;
    std::size_t congested_targets_ = 0;
    std::vector<reactor::TurnWork*> waiting_;
    std::vector<Flush> flushes_;

    std::vector<router::InterestChange> changes_;
    std::vector<Unconfirmed> unannounced_;
    std::unordered_map<std::uint64_t, InterestRound> rounds_;
    std::uint64_t next_round_ = 1;
    std::uint64_t next_serial_ = 1;
    // Messages that subscribers and requesters took, or that wait for credit. Only grows.
    std::uint64_t accepted_ = 0;
    Confirmations confirmations_;
    std::size_t waiting_messages_ = 0;
    // Members here with messages that wait for their group.
    std::map<GroupKey, std::vector<ActiveSubscription*>> holders_;
    std::vector<GroupKey> woken_;
    std::vector<Homeless> homeless_;
    bool placing_ = false;
    // Reached max_messages while messages were being routed; removed when that is over.
    std::vector<std::pair<ClientId, std::uint64_t>> ended_;
};

}  // namespace telex::exchange

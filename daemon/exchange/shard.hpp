#pragma once
// The exchange on one reactor: its clients, and where each of their messages goes.
//
//   publish   -> route in this reactor's table -> local clients: admit, deliver
//                                              -> other reactors: one batch each, per turn
//   request   -> entry in the reply table -> as publish, with a reply subject -> ... -> reply
//   both      -> if a stream stores the subject: offered to the storage, and routed when accepted
//   subscribe -> table -> announced to all shards, acknowledged by all -> Client::on_subscribed
//
// Shards communicate by messages only (Reactor::post_task): batches, interest rounds, pauses. The
// order of a publisher's messages holds because it stays on one reactor, and batches between two
// reactors do not overtake each other.
//
// Messages of queue groups (docs/adr/0009-groups-that-share-the-work.md):
//
//   publish --> a member with credit and room, its credit claimed --> its reactor: give
//           \-> no member takes it: it waits at a member, in its reactor's CreditQueues
//
// A message that waits keeps its place in the line of the reactor that published it until it has
// reached its member; messages that this reactor routes meanwhile go behind it. So a member gets
// the messages of one publisher in order. Only a message whose member left or stalled while it was
// under way is passed on, and may come later than those behind it.
//
// Shard takes the calls of clients (through ClientPort) and of other shards; its parts do the rest.
//
// Owner: Exchange. Thread: the reactor's, for every method except post-constructor getters.
#include "broker/publication.hpp"
#include "broker/subscription_spec.hpp"
#include "exchange/client_record.hpp"
#include "exchange/client_table.hpp"
#include "exchange/confirmations.hpp"
#include "exchange/credit_queues.hpp"
#include "exchange/departures.hpp"
#include "exchange/divided_messages.hpp"
#include "exchange/flush_rounds.hpp"
#include "exchange/forward_batch.hpp"
#include "exchange/forward_receiver.hpp"
#include "exchange/forward_window.hpp"
#include "exchange/forwarding.hpp"
#include "exchange/group_queues.hpp"
#include "exchange/holding.hpp"
#include "exchange/interest_rounds.hpp"
#include "exchange/ledger.hpp"
#include "exchange/memory_budget.hpp"
#include "exchange/message_router.hpp"
#include "exchange/message_runs.hpp"
#include "exchange/requests.hpp"
#include "exchange/routed_message.hpp"
#include "exchange/stream_capture.hpp"
#include "exchange/stream_members.hpp"
#include "exchange/subscriptions.hpp"
#include "exchange/user_books.hpp"
#include "reactor/reactor.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::exchange {

class Exchange;

class Shard {
public:
    // `shards`: of the exchange.
    Shard(Exchange& exchange, reactor::Reactor& reactor, std::size_t shards);
    ~Shard();

    // Once all shards exist.
    void connect() { forwarding_.connect(); }

    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    // --- clients ----------------------------------------------------------------------------
    void join(ClientRecord& client);
    // Ends its subscriptions and requests; messages that waited for its credit are counted as
    // dropped for `reason`. The client may be destroyed afterwards.
    void leave(ClientRecord& client, DropReason reason);

    // Returns null if the client has left.
    ClientRecord* find(ClientId id) const { return clients_.find(id); }

    const ClientTable& clients() const { return clients_; }

    // Of the clients that have left.
    const UserBooks& user_books() const { return user_books_; }

    // Messages that were dropped and belong to no client's books.
    std::uint64_t unowned_messages() const { return ledger_.unowned(); }

    // --- messages ---------------------------------------------------------------------------
    void publish(ClientRecord& from, const broker::Publication& publication);

    // As broker::Port::publish_run.
    [[nodiscard]] std::size_t publish_run(ClientRecord& from, const broker::PublicationRun& run);

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

    // As broker::Port::flush.
    void flush(ClientRecord& client, std::uint64_t id) {
        if (capture_.holds_messages_of(client)) {
            capture_.flush_later(client, id);
        } else {
            flushes_.flush(client, id);
        }
    }

    // See broker::Port.
    [[nodiscard]] std::uint64_t subscription_for(ClientRecord& client, std::string_view subject);

    // A message of the exchange itself. It has no publisher that could be paused or be the
    // subscriber, and goes to subscribers in every account.
    struct OwnMessage {
        std::string subject;
        std::string payload;
        std::string_view content_type;
        std::string type;
    };

    // Not while a message is routed.
    void publish_own(const OwnMessage& message);

    std::string filter_of(const ActiveSubscription& subscription) const {
        return router_.filter_of(subscription);
    }

    // The subjects that accounts share. Null if accounts are isolated.
    void use_accounts(access::AccountsPtr accounts) { router_.use_accounts(std::move(accounts)); }

    // --- back-pressure ----------------------------------------------------------------------
    // Pauses the publisher, on whatever reactor. Returns false if it cannot be paused.
    bool pause_publisher(ClientId publisher);
    void resume_publisher(ClientId publisher);

    // Limits the bytes that other reactors have under way to this one. Any thread may read it.
    ForwardWindow& forward_window() { return forward_window_; }

    // Too much is under way to some other reactor: readers wait.
    // The same holds for the storage of streams.
    bool congested() const { return forwarding_.congested() || capture_.window().congested(); }

    // Runs `reader` again when congestion is over, or half of it: then it waits again.
    void wait_for_relief(reactor::TurnWork& reader) {
        if (forwarding_.congested()) {
            forwarding_.wait_for_relief(reader);
        } else {
            capture_.window().wait_for_relief(reader);
        }
    }

    void forget_waiting(const reactor::TurnWork& reader) {
        forwarding_.forget_waiting(reader);
        capture_.window().forget_waiting(reader);
    }

    // Requests wait for a reply, messages are under way to other reactors, are not completely
    // routed, or wait for the storage of streams.
    bool has_open_work() const {
        return requests_.pending() > 0 || !forwarding_.idle() || divided_.size() > 0 ||
               capture_.has_open_work();
    }

    // --- housekeeping -----------------------------------------------------------------------
    using Holdings = std::vector<Holding>;
    using Shed = std::function<void(const HolderKey& holders, std::size_t bytes)>;

    // How the overload manager gets memory back: `holdings` adds up what clients hold, `shed`
    // disconnects those of `holders` until `bytes` are free.
    void on_memory_shortage(std::function<Holdings()> holdings, Shed shed) {
        holdings_ = std::move(holdings);
        shed_ = std::move(shed);
    }

    Holdings holdings() const;

    void shed(const HolderKey& holders, std::size_t bytes) const { shed_(holders, bytes); }

    ShardSnapshot snapshot() const;

    reactor::Reactor& reactor() { return reactor_; }

    Exchange& exchange() { return exchange_; }

    Counters& counters() { return ledger_.counters(); }

    const TopSubjects& top_subjects() { return ledger_.top_subjects(); }

    BudgetAccount& account() { return account_; }

    Tracer& tracer() { return ledger_.tracer(); }

    // --- messages from other shards -----------------------------------------------------------
    // Until the slice is over or the batch is done.
    void receive(ForwardBatch& batch) { receiver_.receive(batch); }

    void recycle(std::unique_ptr<ForwardBatch> batch);
    void apply_interest(std::uint16_t from, const router::InterestChange& change);

    // --- for its parts, ClientPort and the built-in responders ---------------------------------
    Ledger& ledger() { return ledger_; }

    Requests& requests() { return requests_; }

    Subscriptions& subscriptions() { return subscriptions_; }

    CreditQueues& credit() { return credit_; }

    GroupQueues& groups() { return groups_; }

    InterestRounds& interest() { return interest_; }

    Departures& departures() { return departures_; }

    FlushRounds& flushes() { return flushes_; }

    MessageRouter& router() { return router_; }

    Forwarding& forwarding() { return forwarding_; }

    MessageRuns& runs() { return runs_; }

    // Offers messages to the storage of streams. Any thread may take it as OfferSource.
    StreamCapture& capture() { return capture_; }

    // The clients that are members of consumers. Any thread may take it as MemberSource.
    StreamMembers& stream_members() { return stream_members_; }

    // Messages that were offered will be routed next.
    void begin_captured() {
        subscriptions_.remove_ended();
        interest_.announce();
    }

    // Routes a message that the storage has accepted as publish_with() or request() would have.
    // `owner`: of its bytes.
    void route_captured(const CapturedMessage& captured, const ChunkRef& owner);

    const DividedMessages& divided() const { return divided_; }

    // Carries out what had to wait until no route is held.
    void finish_routing() {
        subscriptions_.remove_ended();
        groups_.serve();
    }

    // A publication with this confirmation was forwarded `count` times more.
    void expect_receipts(std::uint64_t confirmation, std::uint64_t count) {
        confirmations_.expect_more(confirmation, count);
    }

    void take_receipt(const ForwardBatch::Receipt& receipt);

private:
    // Counts a publication and has it traced.
    RoutedMessage begin_routing(ClientRecord& from, const broker::Publication& publication);

    // Routes a publication that is not a reply. `from`: null if it has left.
    void pass_on(const ClientRecord* from, RoutedMessage& routed);
    // Calls route(routed), and reports the receivers once it is routed everywhere, if
    // `confirmation` is not 0.
    template <class Route>
    void route_confirmed(RoutedMessage& routed, std::uint64_t confirmation, Route route);
    // Routes a request; its reply subject is open.
    void route_request(RoutedMessage& routed);
    void count_unrouted(const ClientRecord* from, const RoutedMessage& routed);
    void confirm(const Confirmations::Outcome& outcome);
    void finish_turn();

    Exchange& exchange_;
    reactor::Reactor& reactor_;
    Ledger ledger_;
    BudgetAccount account_;
    ClientTable clients_;
    UserBooks user_books_;
    ForwardWindow forward_window_;
    Forwarding forwarding_;
    Requests requests_;
    InterestRounds interest_;
    FlushRounds flushes_;
    Confirmations confirmations_;
    CreditQueues credit_{ledger_};
    GroupQueues groups_{*this};
    Subscriptions subscriptions_{*this};
    Departures departures_{*this};
    DividedMessages divided_{*this};
    ForwardReceiver receiver_{*this};
    MessageRouter router_;
    MessageRuns runs_{*this};
    StreamCapture capture_;
    StreamMembers stream_members_{exchange_, *this, reactor_};
    std::function<Holdings()> holdings_;
    Shed shed_;
};

}  // namespace telex::exchange

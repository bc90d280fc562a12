#include "exchange/shard.hpp"

#include "exchange/builtin_responders.hpp"
#include "exchange/emergency_reserve.hpp"
#include "exchange/exchange.hpp"
#include "exchange/subscription_memory.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace telex::exchange {

Shard::Shard(Exchange& exchange, reactor::Reactor& reactor, std::size_t shards)
    : exchange_(exchange),
      reactor_(reactor),
      ledger_(reactor),
      account_(exchange.budget()),
      clients_(reactor.index()),
      forwarding_(exchange, *this, reactor, account_),
      requests_(exchange, reactor, ledger_, forwarding_, account_),
      interest_(exchange, reactor, clients_, account_),
      flushes_(exchange, reactor, clients_, forwarding_, interest_),
      router_(
          exchange.seed(),
          reactor,
          ledger_,
          {.forwarding = forwarding_,
           .credit = credit_,
           .groups = groups_,
           .subscriptions = subscriptions_,
           .requests = requests_,
           .divided = divided_}
      ),
      capture_(exchange, *this, reactor, account_, shards) {
    reactor_.on_turn_end([this] { finish_turn(); });
}

Shard::~Shard() {
    assert(clients_.size() == 0);
    departures_.finish();
}

void Shard::join(ClientRecord& client) {
    client.id_ = clients_.add(client);
    client.id_.can_pause = client.client().can_pause();
    client.connection_key = client.id_.key();
}

void Shard::leave(ClientRecord& client, DropReason reason) {
    if (client.load() != nullptr) {
        client.load()->leave();
    }
    subscriptions_.end_all(client, reason);
    if (client.traces() != 0) {
        tracer().left(client);
    }
    groups_.serve();
    requests_.close(client);
    if (client.books().routed != 0) {
        user_books_.add(client.client().user_name(), client.books());
    }
    clients_.remove(client.id());
}

// --- messages in --------------------------------------------------------------------------------

// Inline: each message takes this path.
inline RoutedMessage Shard::begin_routing(
    ClientRecord& from, const broker::Publication& publication
) {
    const wire::MessageView& message = publication.message;
    interest_.announce();
    ++counters().received_messages;
    const TraceSet traces = tracer().idle()
                                ? TraceSet{0}
                                : tracer().published(v1::TraceEvent::PUBLISHED, from, message);
    return {
        message,
        publication.owner,
        message.subject,
        message.reply,
        from.id(),
        from.account(),
        traces
    };
}

void Shard::publish(ClientRecord& from, const broker::Publication& publication) {
    RoutedMessage routed = begin_routing(from, publication);
    if (router::is_reply_subject(routed.subject)) {
        requests_.reply(from, routed);
        return;
    }
    requests_.hand_on(from, routed.reply_to);
    if (capture_.is_active() && capture_.offer(from, routed)) [[unlikely]] {
        return;
    }
    pass_on(&from, routed);
    finish_routing();
}

std::size_t Shard::publish_run(ClientRecord& from, const broker::PublicationRun& run) {
    if (capture_.is_active()) [[unlikely]] {
        if (tracer().idle() && capture_.offer_run(from, run)) {
            interest_.announce();
            counters().received_messages += run.messages.size();
            return run.messages.size();
        }
    }
    return runs_.publish(from, run);
}

void Shard::publish_with(
    ClientRecord& from,
    const broker::Publication& publication,
    const broker::PublishOptions& options
) {
    RoutedMessage routed = begin_routing(from, publication);
    if (!options.route_by.empty()) {
        routed.subject = options.route_by;
    }
    if (!options.reply_to.empty()) {
        routed.reply_to = options.reply_to;
    }
    routed.echoes = options.echoes;
    const bool is_reply = router::is_reply_subject(routed.subject);
    if (is_reply && options.durable == 0) {
        route_confirmed(routed, options.confirmation, [&] { requests_.reply(from, routed); });
        return;
    }
    if (!is_reply && capture_.is_active() &&
        capture_.offer(from, routed, {options.confirmation, options.durable})) [[unlikely]] {
        requests_.hand_on(from, routed.reply_to);
        return;
    }
    if (options.durable != 0) {
        capture_.refuse_unstored(from, options.durable);
        return;
    }
    requests_.hand_on(from, routed.reply_to);
    route_confirmed(routed, options.confirmation, [&] { pass_on(&from, routed); });
}

// Inline: each message takes this path.
inline void Shard::pass_on(const ClientRecord* from, RoutedMessage& routed) {
    ledger_.top_subjects().count(routed.subject, reactor_.turns());
    if (!router_.route_everywhere(routed)) {
        count_unrouted(from, routed);
    }
}

template <class Route>
void Shard::route_confirmed(RoutedMessage& routed, std::uint64_t confirmation, Route route) {
    routed.confirmation = confirmation == 0 ? 0 : confirmations_.next();
    const std::uint64_t accepted = ledger_.accepted();
    const std::uint64_t forwarded = counters().handed_over_messages + divided_.begun();
    route();
    const Confirmations::Outcome here{
        routed.publisher, confirmation, ledger_.accepted() - accepted
    };
    const std::uint64_t missing = counters().handed_over_messages + divided_.begun() - forwarded;
    finish_routing();
    if (confirmation == 0) {
        return;
    }
    if (missing == 0) {
        confirm(here);
    } else {
        confirmations_.expect(routed.confirmation, here, missing);
    }
}

void Shard::route_captured(const CapturedMessage& captured, const ChunkRef& owner) {
    RoutedMessage routed{
        captured.message,
        &owner,
        captured.subject,
        captured.reply_to,
        captured.publisher,
        captured.account,
        captured.traces
    };
    routed.echoes = captured.echoes;
    if (captured.is_request) {
        ledger_.top_subjects().count(routed.subject, reactor_.turns());
        route_request(routed);
        return;
    }
    const ClientRecord* const from = find(captured.publisher);
    route_confirmed(routed, captured.terms.confirmation, [&] { pass_on(from, routed); });
}

void Shard::confirm(const Confirmations::Outcome& outcome) {
    if (ClientRecord* client = find(outcome.client); client != nullptr) {
        client->client().on_published(outcome.id, outcome.receivers);
    }
}

void Shard::count_unrouted(const ClientRecord* from, const RoutedMessage& routed) {
    ++counters().unrouted_messages;
    if (routed.traces != 0 && from != nullptr) {
        tracer().unrouted(routed.traces, *from, routed.message);
    }
}

void Shard::request(
    ClientRecord& from,
    const broker::Publication& publication,
    std::uint64_t request_id,
    std::chrono::milliseconds timeout
) {
    subscriptions_.remove_ended();  // "no responders" comes at once
    const wire::MessageView& message = publication.message;
    interest_.announce();
    ++counters().received_messages;
    requests_.begin(from);
    const TraceSet traces =
        tracer().idle() ? TraceSet{0}
                        : tracer().published(v1::TraceEvent::REQUESTED, from, message, request_id);
    if (is_builtin_subject(message.subject)) {
        reply_to_builtin(*this, from, message, request_id);
        return;
    }
    const auto subject = requests_.open(from, request_id, timeout);
    if (!subject) {
        ledger_.top_subjects().count(message.subject, reactor_.turns());
        return;
    }
    RoutedMessage routed{
        message,
        publication.owner,
        message.subject,
        subject->view(),
        from.id(),
        from.account(),
        traces
    };
    if (capture_.is_active() && capture_.offer(from, routed, {}, true)) [[unlikely]] {
        return;
    }
    ledger_.top_subjects().count(message.subject, reactor_.turns());
    route_request(routed);
}

void Shard::route_request(RoutedMessage& routed) {
    routed.account = router_.responding_account(routed.account, routed.subject);
    routed.is_request = true;
    routed.awaits_reply = true;
    const bool somewhere = router_.route(routed);
    if (routed.targets > 1) {
        requests_.expect_targets(routed.reply_to, routed.targets);
    }
    finish_routing();
    if (!somewhere) {
        ++counters().unrouted_messages;
        requests_.note_absence(routed.reply_to);
    }
}

std::uint64_t Shard::subscription_for(ClientRecord& client, std::string_view subject) {
    router::RoutingTable& table = router_.table(client.account());
    const auto route = table.route_plain(subject, 0, router::Division::in_steps);
    reactor_.work().add(reactor::work::kNode * (route->visited + route->considered));
    const auto own = std::ranges::find_if(route->plain, [&](const router::Subscription* found) {
        return found->subscriber == &client &&
               !static_cast<const ActiveSubscription*>(found)->ended;
    });
    return own == route->plain.end() ? 0 : (*own)->id;
}

void Shard::publish_own(const OwnMessage& own) {
    std::string body;
    wire::append_message(
        body,
        {.subject = own.subject,
         .payload = own.payload,
         .content_type = own.content_type,
         .type = own.type}
    );
    const auto message = wire::scan_message(body);
    if (!message) {
        return;  // impossible: it was just encoded
    }
    router_.for_each_account([&](access::AccountId account) {
        RoutedMessage routed{
            .message = *message,
            .owner = nullptr,
            .subject = message->subject,
            .reply_to = {},
            .publisher = {},
            .account = account
        };
        (void)router_.route(routed);  // without subscribers it is not counted
        finish_routing();
    });
}

// --- from other reactors ------------------------------------------------------------------------

void Shard::recycle(std::unique_ptr<ForwardBatch> batch) {
    const auto receipts = batch->take_receipts();
    forwarding_.recycle(std::move(batch));
    for (const ForwardBatch::Receipt& receipt : receipts) {
        take_receipt(receipt);
    }
}

void Shard::take_receipt(const ForwardBatch::Receipt& receipt) {
    if (const auto outcome = confirmations_.receive(receipt.confirmation, receipt.receivers)) {
        confirm(*outcome);
    }
}

void Shard::apply_interest(std::uint16_t from, const router::InterestChange& change) {
    reactor_.work().add(reactor::work::kSubscription);
    router::RoutingTable& table = router_.table(change.account);
    {
        const TableCharge charge(account_, table);
        table.apply(from, change);
    }
    if (change.member && change.there) {
        groups_.wake(change.account, change.member->facts().group);
    }
}

bool Shard::pause_publisher(ClientId publisher) {
    if (!publisher.can_pause) {
        return false;
    }
    if (publisher.reactor != reactor_.index()) {
        Shard& home = exchange_.shard(publisher.reactor);
        home.reactor_.post([&home, publisher] { home.pause_publisher(publisher); });
        return true;
    }
    if (ClientRecord* client = find(publisher); client != nullptr) {
        client->client().pause();
    }
    return true;  // or it has left, and publishes nothing more
}

void Shard::resume_publisher(ClientId publisher) {
    if (publisher.reactor != reactor_.index()) {
        Shard& home = exchange_.shard(publisher.reactor);
        home.reactor_.post([&home, publisher] { home.resume_publisher(publisher); });
    } else if (ClientRecord* client = find(publisher); client != nullptr) {
        client->client().resume();
    }
}

// --- housekeeping -------------------------------------------------------------------------------

void Shard::finish_turn() {
    subscriptions_.remove_ended();
    capture_.send();
    stream_members_.send();
    forwarding_.send_all();
    interest_.announce();
    flushes_.begin();
    account_.settle();
    if (exchange_.budget().exceeded() || EmergencyReserve::spent()) {
        exchange_.overload_manager().begin(*this);
    }
}

// Subscriptions of clients that have left are about to be freed, and messages that are routed,
// under way to other reactors or offered to the storage are about to be freed or held by clients.
Shard::Holdings Shard::holdings() const {
    Holdings holdings = holdings_ ? holdings_() : Holdings();
    if (departures_.memory() > 0) {
        holdings.push_back({.bytes = departures_.memory(), .leaving = true});
    }
    const std::size_t moving =
        forwarding_.charged_bytes() + capture_.window().bytes() + divided_.memory();
    if (moving > 0) {
        holdings.push_back({.bytes = moving, .leaving = true});
    }
    return holdings;
}

ShardSnapshot Shard::snapshot() const {
    ShardSnapshot snapshot;
    snapshot.counters = ledger_.counters();
    snapshot.connections = clients_.size();
    snapshot.subscriptions = router_.subscriptions() + stream_members_.size();
    snapshot.pending_requests = requests_.pending();
    const std::size_t others = account_.standing() + requests_.memory();
    snapshot.pending_bytes = account_.held() - std::min(others, account_.held());
    snapshot.waiting_messages = credit_.size();
    snapshot.queued_messages = ledger_.queued();
    snapshot.turns = reactor_.turns();
    snapshot.work = reactor_.work().total();
    snapshot.overdrafts = reactor_.ready().overdrafts();
    snapshot.largest_slice = reactor_.largest_slice();
    snapshot.cpu = reactor_.cpu_time();
    return snapshot;
}

}  // namespace telex::exchange

#include "exchange/shard.hpp"

#include "exchange/exchange.hpp"
#include "exchange/memory_reserve.hpp"

#include <algorithm>
#include <cassert>

namespace telex::exchange {

namespace {

// A batch that has grown to this is sent before the turn ends, so that the target works meanwhile.
constexpr std::size_t kFullBatch = 256U << 10U;
// What may be under way to one reactor before the readers here wait, and until when they do.
constexpr std::size_t kCongested = 8U << 20U;
constexpr std::size_t kRelieved = 4U << 20U;
constexpr std::size_t kSpareBatches = 64;

}  // namespace

Shard::Shard(Exchange& exchange, reactor::Reactor& reactor)
    : exchange_(exchange),
      reactor_(reactor),
      replies_(
          reactor.index(), exchange.options().max_open_requests, [this] { return secrets_.next(); }
      ),
      deadline_timer_(reactor.io()),
      account_(exchange.budget()) {
    (void)table(access::kDefaultAccount);  // makes it
    reactor_.on_turn_end([this] { finish_turn(); });
}

Shard::~Shard() {
    assert(members_ == 0);
}

void Shard::connect() {
    outgoing_.resize(exchange_.shard_count());
}

// --- members ----------------------------------------------------------------------------------

void Shard::join(ClientRecord& member) {
    std::uint32_t slot = 0;
    if (free_slots_.empty()) {
        slot = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
    } else {
        slot = free_slots_.back();
        free_slots_.pop_back();
    }
    Slot& place = slots_[slot];
    place.member = &member;
    place.generation = place.generation % broker::kMaxGeneration + 1;
    member.id_ = {reactor_.index(), slot, place.generation};
    member.subscriber_.owner = &member;
    member.subscriber_.connection_key = member.id_.key();
    member.requester_.owner = &member;
    member.requester_.max_pending = exchange_.options().max_open_requests;
    ++members_;
}

void Shard::leave(ClientRecord& member, DropReason reason) {
    if (member.load() != nullptr) {
        member.load()->leave();
    }
    for (auto& [id, subscription] : member.subscriptions_) {
        discard(subscription, reason);
    }
    if (member.traces() != 0) {
        tracer_.left(member);
    }
    member.subscriptions_.clear();
    place_waiting();
    replies_.close(member.requester_);
    member.open_requests_ = 0;
    slots_[member.id_.slot].member = nullptr;
    free_slots_.push_back(member.id_.slot);
    --members_;
}

ClientRecord* Shard::find(ClientId id) const {
    if (id.slot >= slots_.size() || slots_[id.slot].generation != id.generation) {
        return nullptr;
    }
    return slots_[id.slot].member;
}

// --- messages ---------------------------------------------------------------------------------

void Shard::publish(ClientRecord& from, const broker::Publication& publication) {
    ++counters_.received_messages;
    const TraceSet traces =
        tracer_.idle() ? TraceSet{0}
                       : tracer_.published(v1::TraceEvent::PUBLISHED, from, publication.message);
    const wire::MessageView& message = publication.message;
    const Transit transit{
        message,
        publication.owner,
        message.subject,
        message.reply,
        from.id(),
        from.account(),
        traces
    };
    if (router::is_reply_subject(message.subject)) {
        answer(transit);
        return;
    }
    top_subjects_.count(message.subject, reactor_.turns());
    if (!spread_everywhere(transit)) {
        ++counters_.unrouted_messages;
        if (traces != 0) {
            tracer_.unrouted(traces, from, message);
        }
    }
    finish_routing();
}

void Shard::publish_with(
    ClientRecord& from,
    const broker::Publication& publication,
    const broker::PublishOptions& options
) {
    ++counters_.received_messages;
    const wire::MessageView& message = publication.message;
    const TraceSet traces =
        tracer_.idle() ? TraceSet{0} : tracer_.published(v1::TraceEvent::PUBLISHED, from, message);
    Transit transit{
        message,
        publication.owner,
        message.subject,
        message.reply,
        from.id(),
        from.account(),
        traces
    };
    if (!options.route_by.empty()) {
        transit.subject = options.route_by;
    }
    if (!options.reply_to.empty()) {
        transit.reply_to = options.reply_to;
    }
    transit.confirmation = options.confirmation == 0 ? 0 : confirmations_.next();
    const std::uint64_t accepted = accepted_;
    const std::uint64_t forwarded = counters_.handed_over_messages;
    if (router::is_reply_subject(transit.subject)) {
        answer(transit);
    } else {
        top_subjects_.count(transit.subject, reactor_.turns());
        if (!spread_everywhere(transit)) {
            ++counters_.unrouted_messages;
            if (traces != 0) {
                tracer_.unrouted(traces, from, message);
            }
        }
    }
    const Confirmations::Outcome here{from.id(), options.confirmation, accepted_ - accepted};
    const std::uint64_t missing = counters_.handed_over_messages - forwarded;
    finish_routing();
    if (options.confirmation == 0) {
        return;
    }
    if (missing == 0) {
        confirm(here);
    } else {
        confirmations_.expect(transit.confirmation, here, missing);
    }
}

void Shard::confirm(const Confirmations::Outcome& outcome) {
    if (ClientRecord* client = find(outcome.client); client != nullptr) {
        client->client().on_published(outcome.id, outcome.receivers);
    }
}

router::RoutingTable& Shard::make_table(access::AccountId account) {
    tables_.resize(std::max(tables_.size(), std::size_t{account} + 1));
    tables_[account] = std::make_unique<router::RoutingTable>(reactor_.index(), exchange_.seed());
    return *tables_[account];
}

bool Shard::spread_everywhere(const Transit& transit) {
    bool somebody = spread(transit);
    if (accounts_) [[unlikely]] {
        somebody = spread_to_importers(transit) || somebody;
    }
    return somebody;
}

bool Shard::spread_to_importers(const Transit& transit) {
    bool somebody = false;
    accounts_->for_each_importer(transit.account, transit.subject, [&](access::AccountId importer) {
        Transit there = transit;
        there.account = importer;
        somebody = spread(there) || somebody;
    });
    return somebody;
}

bool Shard::spread(const Transit& transit) {
    const auto route =
        table(transit.account)
            .route(transit.subject, transit.publisher.key(), queued_size(transit.message));
    carry_out(*route, transit);
    return !route->nobody();
}

void Shard::finish_routing() {
    remove_ended();
    place_waiting();
}

void Shard::carry_out(const router::Route& route, const Transit& from) {
    Transit transit = from;
    transit.only_target =
        from.only_target && route.plain.size() + route.groups.size() + route.handovers.size() == 1;
    const auto ticket_of = [&](const router::GroupTarget& target) {
        if (target.line != nullptr) {
            return router::WaitingTicket(*target.line);
        }
        return transit.ticket == nullptr ? router::WaitingTicket() : std::move(*transit.ticket);
    };
    for (router::Subscription* subscription : route.plain) {
        deliver(static_cast<ActiveSubscription&>(*subscription), transit);
    }
    for (const router::GroupTarget& target : route.groups) {
        auto& subscription = static_cast<ActiveSubscription&>(*target.member->local);
        give(subscription, target.claimed, ticket_of(target), transit);
    }
    for (const router::Handover& handover : route.handovers) {
        HandOverBatch& batch = batch_for(handover.reactor);
        HandOver& item =
            batch.add(transit.message, transit.owner, transit.reply_to, transit.subject);
        item.publisher = transit.publisher;
        item.account = transit.account;
        item.traces = transit.traces;
        item.only_target = transit.only_target;
        item.plain = handover.plain;
        item.hops = transit.hops;
        item.confirmation = transit.confirmation;
        for (const router::GroupTarget& target : handover.groups) {
            batch.add_chosen({target.member->load, target.claimed, ticket_of(target)});
        }
        ++counters_.handed_over_messages;
        send_if_full(handover.reactor);
    }
}

void Shard::deliver(ActiveSubscription& subscription, const Transit& transit) {
    if (subscription.ended) {
        return;
    }
    Client& client = *subscription.client;
    if (subscription.hides_some && !client.may_receive(transit.subject)) {
        return;
    }
    const broker::Admission admitted =
        client.admit(subscription, queued_size(transit.message), transit.publisher);
    if (!admitted) {
        drop(subscription, transit, admitted.error());
        return;
    }
    const bool limited = subscription.limited_by_credit;
    if (limited && (subscription.credit == 0 || !subscription.held.empty())) {
        hold(subscription, {}, transit);
        return;
    }
    const auto sent =
        client.deliver({subscription.id, transit.message, transit.reply_to, transit.owner});
    if (!sent) {
        drop(subscription, transit, sent.error());
        return;
    }
    subscription.credit -= limited ? 1 : 0;
    trace(v1::TraceEvent::DELIVERED, subscription, transit);
    account_delivery(subscription);
}

void Shard::trace(
    Tracer::Kind kind,
    const ActiveSubscription& subscription,
    const Transit& transit,
    std::string_view detail
) {
    const ClientRecord& member = *subscription.record;
    if ((transit.traces | member.traces()) != 0) [[unlikely]] {
        tracer_.arrived(kind, transit.traces, member, subscription.id, transit.message, detail);
    }
}

void Shard::account_delivery(ActiveSubscription& subscription) {
    ++accepted_;
    ++counters_.delivered_messages;
    ++subscription.delivered;
    if (subscription.delivered == subscription.max_messages) {
        subscription.ended = true;
        ended_.emplace_back(subscription.record->id(), subscription.id);
    }
}

// --- to and from other reactors -----------------------------------------------------------------

HandOverBatch& Shard::batch_for(std::uint16_t target) {
    Outgoing& outgoing = outgoing_[target];
    if (!outgoing.batch) {
        if (outgoing.spare.empty()) {
            outgoing.batch = std::make_unique<HandOverBatch>(*this, exchange_.shard(target));
        } else {
            outgoing.batch = std::move(outgoing.spare.back());
            outgoing.spare.pop_back();
        }
        reactor_.ensure_turn();
    }
    return *outgoing.batch;
}

void Shard::send_if_full(std::uint16_t target) {
    if (outgoing_[target].batch->bytes() >= kFullBatch) {
        send_batch(target);
    }
}

void Shard::send_batch(std::uint16_t target) {
    Outgoing& outgoing = outgoing_[target];
    outgoing.bytes_under_way += outgoing.batch->bytes();
    if (outgoing.bytes_under_way > kCongested && !outgoing.congested) {
        outgoing.congested = true;
        ++congested_targets_;
    }
    exchange_.shard(target).reactor().post_task(std::move(outgoing.batch));
}

void Shard::take_home(std::unique_ptr<HandOverBatch> batch) {
    Outgoing& outgoing = outgoing_[batch->target().reactor().index()];
    outgoing.bytes_under_way -= batch->bytes();
    const auto receipts = batch->take_receipts();
    batch->clear();
    if (outgoing.spare.size() < kSpareBatches) {
        outgoing.spare.push_back(std::move(batch));
    }
    if (outgoing.congested && outgoing.bytes_under_way < kRelieved) {
        outgoing.congested = false;
        --congested_targets_;
    }
    if (!congested()) {
        for (reactor::TurnWork* reader : waiting_) {
            reactor_.run_again(*reader);
        }
        waiting_.clear();
    }
    for (const HandOverBatch::Receipt& receipt : receipts) {
        if (const auto outcome = confirmations_.receive(receipt.confirmation, receipt.receivers)) {
            confirm(*outcome);
        }
    }
}

void Shard::work_off(HandOverBatch& batch) {
    for (const HandOver& item : batch.items()) {
        dispatch(batch, item);
    }
}

void Shard::dispatch(HandOverBatch& batch, const HandOver& item) {
    Transit transit{
        item.message,
        &item.owner,
        item.subject,
        item.reply_to,
        item.publisher,
        item.account,
        item.traces
    };
    // A message that is passed on to another reactor counts as received there.
    const std::uint64_t accepted = accepted_ + counters_.handed_over_messages;
    bool somebody = false;
    if (item.kind == HandOver::Kind::answer) {
        take_answer(transit);
    }
    if (item.plain) {
        const auto route = table(item.account).route_plain(item.subject, item.publisher.key());
        somebody = !route->nobody();
        carry_out(*route, transit);
    }
    transit.only_target = item.only_target && !item.plain && item.chosen_count == 1;
    transit.hops = item.hops;
    for (ChosenMember& chosen : batch.chosen(item)) {
        somebody = receive_chosen(chosen, transit) || somebody;
    }
    if (item.confirmation != 0) {
        batch.add_receipt({item.confirmation, accepted_ + counters_.handed_over_messages - accepted}
        );
    }
    finish_routing();
    if (!somebody && item.only_target && !item.reply_to.empty()) {
        no_responders(item.reply_to);
    }
}

void Shard::wait_for_relief(reactor::TurnWork& reader) {
    if (std::find(waiting_.begin(), waiting_.end(), &reader) == waiting_.end()) {
        waiting_.push_back(&reader);
    }
}

void Shard::forget_waiting(const reactor::TurnWork& reader) {
    std::erase(waiting_, &reader);
}

bool Shard::pause_publisher(ClientId publisher) {
    if (publisher.reactor != reactor_.index()) {
        Shard& home = exchange_.shard(publisher.reactor);
        home.reactor_.post([&home, publisher] { home.pause_publisher(publisher); });
        return true;
    }
    ClientRecord* member = find(publisher);
    if (member == nullptr) {
        return true;  // it left: nothing more comes from it
    }
    if (!member->client().can_pause()) {
        return false;
    }
    member->client().pause();
    return true;
}

void Shard::resume_publisher(ClientId publisher) {
    if (publisher.reactor != reactor_.index()) {
        Shard& home = exchange_.shard(publisher.reactor);
        home.reactor_.post([&home, publisher] { home.resume_publisher(publisher); });
    } else if (ClientRecord* member = find(publisher);
               member != nullptr && member->client().can_pause()) {
        member->client().resume();
    }
}

// --- housekeeping -------------------------------------------------------------------------------

void Shard::finish_turn() {
    for (std::size_t target = 0; target < outgoing_.size(); ++target) {
        if (outgoing_[target].batch && !outgoing_[target].batch->empty()) {
            send_batch(static_cast<std::uint16_t>(target));
        }
    }
    begin_flushes();
    announce_interest();
    account_.settle();
    if (exchange_.budget().exceeded() || MemoryReserve::spent()) {
        exchange_.memory_relief().begin(*this);
    }
}

ShardSnapshot Shard::snapshot() const {
    ShardSnapshot snapshot;
    snapshot.counters = counters_;
    snapshot.connections = members_;
    for (const auto& table : tables_) {
        snapshot.subscriptions += table ? table->subscriptions() : 0;
    }
    snapshot.pending_requests = replies_.pending();
    snapshot.pending_bytes = account_.held();
    snapshot.waiting_messages = waiting_messages_;
    snapshot.turns = reactor_.turns();
    snapshot.cpu = reactor_.cpu_time();
    return snapshot;
}

}  // namespace telex::exchange

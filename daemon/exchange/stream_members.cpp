#include "exchange/stream_members.hpp"

#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"
#include "wire/frame_view.hpp"

#include <cassert>
#include <utility>

namespace telex::exchange {

namespace {

RecordOutcome::Kind kind_of(v1::Acknowledge::Outcome outcome) {
    switch (outcome) {
        case v1::Acknowledge::NAK:
            return RecordOutcome::Kind::nak;
        case v1::Acknowledge::PROGRESS:
            return RecordOutcome::Kind::progress;
        case v1::Acknowledge::TERM:
            return RecordOutcome::Kind::term;
        default:
            return RecordOutcome::Kind::ack;
    }
}

// The second one continues the first one.
bool continues(const RecordOutcome& first, const RecordOutcome& second) {
    return first.member == second.member && first.kind == second.kind &&
           first.delay == second.delay && second.first == first.last + 1;
}

MemberId id_of(const StreamMember& member) {
    return {.client = member.client->id(), .subscription = member.key};
}

}  // namespace

StreamMembers::StreamMembers(Exchange& exchange, Shard& shard, reactor::Reactor& reactor)
    : exchange_(exchange), shard_(shard), reactor_(reactor) {}

StreamMembers::~StreamMembers() {
    assert(size_ == 0);
    reactor_.forget(work_);
}

// Only while there is a member, or was one.
StreamConsumers& StreamMembers::storage() const {
    return *exchange_.stream_consumers();
}

// --- from clients -------------------------------------------------------------------------------

void StreamMembers::consume(
    ClientRecord& client, broker::ConsumeSpec spec, std::unique_ptr<const access::Charge> charge
) {
    reactor_.work().add(reactor::work::kSubscription);
    if (exchange_.stream_consumers() == nullptr) {
        refuse(client, spec.id, v1::NO_CONSUMER, "this exchange serves no consumers of streams");
        return;
    }
    if (client.subscription_memory_of_holder() + kMemberMemory > shard_.account().standing_left()) {
        refuse(
            client,
            spec.id,
            v1::OVER_MEMORY_BUDGET,
            "the exchange has no memory left for subscriptions of this client or its user"
        );
        return;
    }
    // The client does not use an id twice.
    StreamMember& member = client.members_of_streams()[spec.id];
    member.client = &client;
    member.id = spec.id;
    member.key = keys_.add(member);
    member.charge = std::move(charge);
    ++size_;
    client.charge_subscription(kMemberMemory);
    shard_.account().charge_standing(kMemberMemory);
    storage().attach({
        .member = id_of(member),
        .account = client.account(),
        .stream = std::move(spec.stream),
        .consumer = std::move(spec.consumer),
        .create = std::move(spec.create),
        .creates = spec.creates,
        .credit = spec.credit,
        .may_subscribe = std::move(spec.may_subscribe),
        .may_publish = std::move(spec.may_publish),
    });
}

void StreamMembers::acknowledge(
    ClientRecord& client, const broker::Acknowledgement& acknowledgement
) {
    const StreamMember* const member = client.find_member(acknowledgement.subscription);
    if (member == nullptr) {
        return;
    }
    reactor_.work().add(reactor::work::kForward);
    const RecordOutcome outcome{
        .member = id_of(*member),
        .first = acknowledgement.first,
        .last = acknowledgement.last,
        .kind = kind_of(acknowledgement.outcome),
        .delay = acknowledgement.delay
    };
    if (!outcomes_.empty() && continues(outcomes_.back(), outcome)) {
        outcomes_.back().last = outcome.last;
        return;
    }
    outcomes_.push_back(outcome);
    reactor_.ensure_turn();
}

bool StreamMembers::unsubscribe(ClientRecord& client, std::uint64_t id) {
    StreamMember* const member = client.find_member(id);
    if (member == nullptr) {
        return false;
    }
    reactor_.work().add(reactor::work::kSubscription);
    const std::uint64_t delivered = member->delivered;
    const std::uint64_t dropped = member->dropped;
    detach(*member);
    client.client().on_unsubscribed(id, delivered, dropped);
    return true;
}

bool StreamMembers::add_credit(ClientRecord& client, std::uint64_t id, std::uint64_t messages) {
    const StreamMember* const member = client.find_member(id);
    if (member == nullptr) {
        return false;
    }
    storage().add_credit(id_of(*member), messages);
    return true;
}

void StreamMembers::end_all(ClientRecord& client) {
    while (StreamMember* const member = client.first_member()) {
        reactor_.work().add(reactor::work::kSubscription);
        detach(*member);
    }
}

void StreamMembers::refuse_all(ClientRecord& client, v1::ErrorCode code, const std::string& text) {
    while (const StreamMember* const member = client.first_member()) {
        const std::uint64_t id = member->id;
        refuse(client, id, code, text);
        (void)unsubscribe(client, id);  // it is there
    }
}

void StreamMembers::send() {
    if (!outcomes_.empty()) [[unlikely]] {
        storage().take_outcomes(std::exchange(outcomes_, {}));
    }
}

// --- from the storage ---------------------------------------------------------------------------

void StreamMembers::take_attached(MemberId member, v1::ErrorCode failure, std::string text) {
    reactor_.post([this, member, failure, text = std::move(text)] {
        attached(member, failure, text);
    });
}

void StreamMembers::take_deliveries(std::unique_ptr<DeliveryBatch> batch) {
    reactor_.post([this, batch = std::move(batch)]() mutable { add_batch(std::move(batch)); });
}

void StreamMembers::take_detached(MemberId member, v1::ErrorCode reason, std::string text) {
    reactor_.post([this, member, reason, text = std::move(text)] { detached(member, reason, text); }
    );
}

void StreamMembers::publish(
    access::AccountId account, std::string subject, std::string body, bool /*stored*/
) {
    reactor_.post([this, account, subject = std::move(subject), body = std::move(body)] {
        route(account, subject, body);
    });
}

void StreamMembers::route(access::AccountId account, std::string_view subject, ByteView body) {
    const auto message = wire::scan_message(body);
    if (!message) {
        return;  // impossible: the storage has encoded it
    }
    shard_.begin_captured();
    RoutedMessage routed{
        .message = *message,
        .owner = nullptr,
        .subject = subject,
        .reply_to = {},
        .publisher = {},
        .account = account
    };
    (void)shard_.router().route_everywhere(routed);  // without subscribers it is not counted
    shard_.finish_routing();
}

void StreamMembers::refuse(
    ClientRecord& client, std::uint64_t id, v1::ErrorCode code, const std::string& text
) {
    shard_.counters().refuse(code);
    client.client().refuse({.code = code, .text = text, .subscription = id});
}

void StreamMembers::attached(MemberId id, v1::ErrorCode failure, const std::string& text) {
    StreamMember* const member = keys_.find(id.subscription);
    if (member == nullptr) {
        return;
    }
    ClientRecord& client = *member->client;
    const std::uint64_t subscription = member->id;
    if (failure == v1::ERROR_CODE_UNSPECIFIED) {
        member->attached = true;
        client.client().on_subscribed(subscription);
        return;
    }
    remove(*member);
    refuse(client, subscription, failure, text);
}

void StreamMembers::detached(MemberId id, v1::ErrorCode reason, const std::string& text) {
    StreamMember* const member = keys_.find(id.subscription);
    if (member == nullptr) {
        return;
    }
    ClientRecord& client = *member->client;
    const StreamMember ended{
        .id = member->id, .delivered = member->delivered, .dropped = member->dropped
    };
    remove(*member);
    refuse(client, ended.id, reason, text);
    client.client().on_unsubscribed(ended.id, ended.delivered, ended.dropped);
}

void StreamMembers::add_batch(std::unique_ptr<DeliveryBatch> batch) {
    StreamMember* const member = keys_.find(batch->member.subscription);
    if (member == nullptr) {
        storage().take_back(std::move(batch));
        return;
    }
    member->batches.push_back(std::move(batch));
    make_ready(*member);
}

// --- deliveries ---------------------------------------------------------------------------------

void StreamMembers::make_ready(StreamMember& member) {
    if (!std::exchange(member.ready, true)) {
        ready_.push_back(member.key);
        reactor_.run_again(work_);
    }
}

void StreamMembers::note_room(ClientRecord& client) {
    client.for_each_member([&](StreamMember& member) {
        if (!member.batches.empty()) {
            make_ready(member);
        }
    });
}

void StreamMembers::serve_ready() {
    serving_ = true;
    while (!ready_.empty()) {
        const std::uint64_t key = ready_.front();
        ready_.pop_front();
        if (!hand_over(key)) {
            ready_.push_back(key);  // the others come first
            reactor_.run_again(work_);
            break;
        }
    }
    serving_ = false;
    give_back();
}

bool StreamMembers::hand_over(std::uint64_t key) {
    while (StreamMember* const member = keys_.find(key)) {
        if (member->batches.empty()) {
            member->ready = false;
            break;
        }
        const DeliveryBatch& batch = *member->batches.front();
        if (member->next == batch.records.size()) {
            finish_batch(*member);
            continue;
        }
        if (reactor_.work().slice_is_over()) {
            return false;
        }
        const DeliveredRecord& record = batch.records[member->next];
        if (!member->client->client().takes_record(record.body.size())) {
            member->ready = false;  // note_room() goes on
            break;
        }
        ++member->next;
        deliver(*member, record);
    }
    return true;
}

void StreamMembers::deliver(StreamMember& member, const DeliveredRecord& record) {
    reactor_.work().add(reactor::work::kDelivery);
    ClientRecord& client = *member.client;
    const std::uint64_t key = member.key;
    shard_.ledger().route(client);
    const broker::SendResult sent = client.client().deliver_stored(
        {.subscription = member.id,
         .subject = record.subject,
         .body = record.body,
         .position =
             {.sequence = record.sequence,
              .unix_nanoseconds = record.time,
              .attempt = record.attempt,
              .redelivered = record.redelivered}}
    );
    if (sent) {
        shard_.ledger().deliver(client);
    } else {
        shard_.ledger().drop(client, record.subject, record.body.size(), sent.error());
    }
    if (StreamMember* const still = keys_.find(key)) {
        count(*still, record, sent);
    }
}

void StreamMembers::count(
    StreamMember& member, const DeliveredRecord& record, const broker::SendResult& sent
) {
    ++(sent ? member.delivered : member.dropped);
    if (member.client->traces() == 0) [[likely]] {
        return;
    }
    if (const auto message = wire::scan_message(record.body)) {
        shard_.tracer().arrived(
            sent ? v1::TraceEvent::DELIVERED : v1::TraceEvent::DROPPED,
            0,
            *member.client,
            member.id,
            *message,
            sent ? std::string_view() : name_of(sent.error().reason)
        );
    }
}

void StreamMembers::finish_batch(StreamMember& member) {
    storage().take_back(std::move(member.batches.front()));
    member.batches.erase(member.batches.begin());
    member.next = 0;
}

// --- the end ------------------------------------------------------------------------------------

void StreamMembers::remove(StreamMember& member) {
    for (std::unique_ptr<DeliveryBatch>& batch : member.batches) {
        returned_.push_back(std::move(batch));
    }
    keys_.remove(member.key);
    --size_;
    shard_.account().release_standing(kMemberMemory);
    ClientRecord& client = *member.client;
    client.release_subscription(kMemberMemory);
    client.remove_member(member.id);
    give_back();
}

void StreamMembers::detach(StreamMember& member) {
    send();  // its outcomes count
    const MemberId id = id_of(member);
    remove(member);
    storage().detach(id);
}

void StreamMembers::give_back() {
    if (serving_) {
        return;  // views of them are in use
    }
    for (std::unique_ptr<DeliveryBatch>& batch : std::exchange(returned_, {})) {
        storage().take_back(std::move(batch));
    }
}

}  // namespace telex::exchange

// Shard: messages that somebody does not get. Each is entered into the books once, and traced.
#include "exchange/shard.hpp"

namespace telex::exchange {

// At the door of its subscriber, or in its session.
void Shard::drop(
    ActiveSubscription& subscription, const Transit& transit, const broker::SendFault& fault
) {
    ++subscription.dropped;
    drops_.enter(
        subscription.record,
        {.fault = fault, .subject = transit.message.subject, .bytes = transit.message.body.size()},
        reactor_.now()
    );
    trace(v1::TraceEvent::DROPPED, subscription, transit, name_of(fault.reason));
}

void Shard::uncount_delivery(ClientRecord& member, std::uint64_t subscription, DropReason reason) {
    --counters_.delivered_messages;
    drops_.enter(&member, {.fault = {reason}}, reactor_.now());
    if (member.traces() != 0) {
        v1::TraceEvent event;
        event.set_subscription(subscription);
        event.set_detail(std::string(name_of(reason)));
        tracer_.happened(v1::TraceEvent::DROPPED, member, std::move(event));
    }
    if (ActiveSubscription* found = member.find_subscription(subscription); found != nullptr) {
        --found->delivered;
        ++found->dropped;
        if (found->group_member != nullptr && found->max_messages != 0 && !found->ended) {
            found->group_member->load->allow_one_more();
            tell_watchers(*found);
        }
    }
}

bool Shard::drop_held(ClientRecord& member, std::uint64_t subscription, DropReason reason) {
    ActiveSubscription* const found = member.find_subscription(subscription);
    if (found == nullptr || found->held.empty()) {
        return false;
    }
    drop_held(*found, reason);
    return true;
}

void Shard::drop_held(ActiveSubscription& subscription, DropReason reason) {
    ClientRecord& member = *subscription.record;
    const HeldMessage stored = take_held(subscription, 0);
    ++subscription.dropped;
    drops_.enter(
        &member,
        {.fault = {reason}, .subject = stored.message.subject, .bytes = stored.message.body.size()},
        reactor_.now()
    );
    if (member.traces() != 0) {
        tracer_.arrived(
            v1::TraceEvent::DROPPED, 0, member, subscription.id, stored.message, name_of(reason)
        );
    }
}

void Shard::count_unsent(
    ClientRecord& member, const broker::SendFault& fault, std::uint64_t count
) {
    drops_.enter(&member, {.fault = fault, .count = count}, reactor_.now());
}

void Shard::drop_unowned(DropReason reason, const wire::MessageView& message) {
    drops_.enter(
        nullptr,
        {.fault = {reason}, .subject = message.subject, .bytes = message.body.size()},
        reactor_.now()
    );
}

// The asker's listener cannot write it, or its connection is about to end.
void Shard::drop_answer(
    ClientRecord& member,
    std::uint64_t request_id,
    const wire::MessageView& message,
    const broker::SendFault& fault
) {
    broker::SendFault entry = fault;
    if (fault.reason == DropReason::too_large || fault.reason == DropReason::not_encodable) {
        entry.reason = DropReason::unwritable_answer;
    }
    drops_.enter(
        &member,
        {.fault = entry, .subject = message.subject, .bytes = message.body.size()},
        reactor_.now()
    );
    if (!tracer_.idle()) {
        v1::TraceEvent event;
        event.set_bytes(message.body.size());
        event.set_detail(std::string(name_of(entry.reason)));
        tracer_.request_ended(v1::TraceEvent::DROPPED, member, request_id, std::move(event));
    }
}

}  // namespace telex::exchange

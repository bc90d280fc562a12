#include "exchange/ledger.hpp"

#include <string>
#include <utility>

namespace telex::exchange {

void Ledger::drop(
    ActiveSubscription& subscription, const RoutedMessage& routed, const broker::SendFault& fault
) {
    ++subscription.dropped;
    drops_.enter(
        &subscription.record(),
        {.fault = fault, .subject = routed.message.subject, .bytes = routed.message.body.size()},
        reactor_.now()
    );
    trace(v1::TraceEvent::DROPPED, subscription, routed, name_of(fault.reason));
}

void Ledger::drop_held(
    ActiveSubscription& subscription, const HeldMessage& held, DropReason reason
) {
    ++subscription.dropped;
    ClientRecord& client = subscription.record();
    drops_.enter(
        &client,
        {.fault = {reason}, .subject = held.message.subject, .bytes = held.message.body.size()},
        reactor_.now()
    );
    if (client.traces() != 0) {
        tracer_.arrived(
            v1::TraceEvent::DROPPED, 0, client, subscription.id, held.message, name_of(reason)
        );
    }
}

void Ledger::uncount_delivery(ClientRecord& client, std::uint64_t subscription, DropReason reason) {
    take_back(client, {.fault = {reason}});
    if (client.traces() != 0) {
        v1::TraceEvent event;
        event.set_subscription(subscription);
        event.set_detail(std::string(name_of(reason)));
        tracer_.happened(v1::TraceEvent::DROPPED, client, std::move(event));
    }
}

void Ledger::uncount_replies(
    ClientRecord& client, const broker::SendFault& fault, std::uint64_t count
) {
    take_back(client, {.fault = fault, .count = count});
}

void Ledger::take_back(ClientRecord& client, const Drop& drop) {
    client.books().taken -= drop.count;
    counters_.taken_messages -= drop.count;
    accepted_ += drop.count;
    drops_.enter(&client, drop, reactor_.now());
}

void Ledger::drop_reply(
    ClientRecord& client,
    std::uint64_t request_id,
    const wire::MessageView& message,
    const broker::SendFault& fault
) {
    broker::SendFault entry = fault;
    if (fault.reason == DropReason::too_large || fault.reason == DropReason::not_encodable) {
        entry.reason = DropReason::unwritable_answer;
    }
    drops_.enter(
        &client,
        {.fault = entry, .subject = message.subject, .bytes = message.body.size()},
        reactor_.now()
    );
    if (!tracer_.idle()) {
        v1::TraceEvent event;
        event.set_bytes(message.body.size());
        event.set_payload_bytes(message.payload.size());
        event.set_detail(std::string(name_of(entry.reason)));
        tracer_.request_ended(v1::TraceEvent::DROPPED, client, request_id, std::move(event));
    }
}

void Ledger::drop(
    ClientRecord& client,
    std::string_view subject,
    std::size_t bytes,
    const broker::SendFault& fault
) {
    drops_.enter(&client, {.fault = fault, .subject = subject, .bytes = bytes}, reactor_.now());
}

void Ledger::drop_unowned(DropReason reason, const wire::MessageView& message) {
    ++counters_.routed_messages;
    ++unowned_;
    drops_.enter(
        nullptr,
        {.fault = {reason}, .subject = message.subject, .bytes = message.body.size()},
        reactor_.now()
    );
}

void Ledger::count_unsent(
    ClientRecord& client, const broker::SendFault& fault, std::uint64_t count
) {
    client.books().routed += count;
    counters_.routed_messages += count;
    drops_.enter(&client, {.fault = fault, .count = count}, reactor_.now());
}

}  // namespace telex::exchange

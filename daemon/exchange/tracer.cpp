#include "exchange/tracer.hpp"

#include "base/printable.hpp"
#include "exchange/client_record.hpp"
#include "wire/subject.hpp"

#include <algorithm>

namespace telex::exchange {

namespace {

constexpr std::size_t kMostRequests = 1'024;
constexpr std::size_t kMostNameBytes = 256;

std::int64_t unix_nanoseconds() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch()
    )
        .count();
}

// As for subscriptions: a leading wildcard does not select the exchange's own subjects.
bool selects(const std::string& filter, std::string_view subject) {
    const bool hides_reserved = filter.starts_with('*') || filter.starts_with('>');
    return filter.empty() ||
           (!(hides_reserved && wire::is_reserved(subject)) && wire::matches(filter, subject));
}

v1::TraceEvent about(const wire::MessageView& message) {
    v1::TraceEvent event;
    event.set_subject(std::string(message.subject));
    event.set_bytes(message.body.size());
    event.set_payload_bytes(message.payload.size());
    return event;
}

}  // namespace

void Tracer::begin(unsigned slot, Subject subject, TimePoint now) {
    end(slot);
    Trace& trace = traces_[slot];
    trace.subject = std::move(subject);
    trace.asked = now;
    active_ = static_cast<TraceSet>(active_ | 1U << slot);
}

void Tracer::follow(unsigned slot, ClientRecord& member) {
    traces_[slot].followed = &member;
    member.set_traces(static_cast<TraceSet>(member.traces() | 1U << slot));
}

Tracer::Seen Tracer::collect(unsigned slot, TimePoint now) {
    traces_[slot].asked = now;
    return std::exchange(traces_[slot].seen, {});
}

void Tracer::end(unsigned slot) {
    const auto others = static_cast<TraceSet>(~(1U << slot));
    if (ClientRecord* const followed = traces_[slot].followed; followed != nullptr) {
        followed->set_traces(followed->traces() & others);
    }
    traces_[slot] = {};
    active_ &= others;
}

void Tracer::tick(TimePoint now) {
    for (unsigned slot = 0; slot < kSlots; ++slot) {
        if ((active_ & 1U << slot) != 0 && now - traces_[slot].asked > kForgottenAfter) {
            end(slot);
        }
    }
}

bool Tracer::chooses(
    Trace& trace, TraceSet bit, const ClientRecord& member, std::string_view subject
) {
    if (trace.subject.one_connection && (member.traces() & bit) == 0) {
        return false;
    }
    if (!selects(trace.subject.filter, subject)) {
        return false;
    }
    return trace.matched++ % std::max(trace.subject.sample, 1U) == 0;
}

void Tracer::add(Trace& trace, Kind kind, const ClientRecord& member, v1::TraceEvent event) {
    if (trace.seen.events.size() == kMostEvents) {
        ++trace.seen.lost;
        return;
    }
    event.set_unix_nanoseconds(unix_nanoseconds());
    event.set_kind(kind);
    event.set_connection(member.client().number());
    event.set_client_name(printable(member.client().client_name(), {.max_bytes = kMostNameBytes}));
    trace.seen.events.push_back(std::move(event));
}

TraceSet Tracer::published(
    Kind kind, const ClientRecord& from, const wire::MessageView& message, std::uint64_t request
) {
    TraceSet chosen = 0;
    for_each([&](Trace& trace, TraceSet bit) {
        if (!chooses(trace, bit, from, message.subject)) {
            return;
        }
        chosen |= bit;
        v1::TraceEvent event = about(message);
        event.set_request(request);
        add(trace, kind, from, std::move(event));
        if (kind == v1::TraceEvent::REQUESTED && trace.requests.size() < kMostRequests) {
            trace.requests.emplace(from.id().key(), request);
        }
    });
    return chosen;
}

void Tracer::arrived(
    Kind kind,
    TraceSet traces,
    const ClientRecord& to,
    std::uint64_t subscription,
    const wire::MessageView& message,
    std::string_view detail
) {
    for_each([&](Trace& trace, TraceSet bit) {
        const bool is_followed = (traces & bit) != 0;
        const bool is_for_followed = trace.subject.one_connection && (to.traces() & bit) != 0;
        if (!is_followed && !(is_for_followed && chooses(trace, bit, to, message.subject))) {
            return;
        }
        v1::TraceEvent event = about(message);
        event.set_subscription(subscription);
        event.set_detail(std::string(detail));
        add(trace, kind, to, std::move(event));
    });
}

void Tracer::unrouted(TraceSet traces, const ClientRecord& from, const wire::MessageView& message) {
    for_each([&](Trace& trace, TraceSet bit) {
        if ((traces & bit) != 0) {
            add(trace, v1::TraceEvent::UNROUTED, from, about(message));
        }
    });
}

void Tracer::request_ended(
    Kind kind, const ClientRecord& by, std::uint64_t request, v1::TraceEvent event
) {
    event.set_request(request);
    for_each([&](Trace& trace, TraceSet) {
        if (trace.requests.erase({by.id().key(), request}) != 0) {
            add(trace, kind, by, event);
        }
    });
}

void Tracer::happened(Kind kind, const ClientRecord& member, v1::TraceEvent event) {
    for_each([&](Trace& trace, TraceSet bit) {
        if ((member.traces() & bit) != 0) {
            add(trace, kind, member, event);
        }
    });
}

void Tracer::left(ClientRecord& member) {
    happened(v1::TraceEvent::CLOSED, member, {});
    for_each([&](Trace& trace, TraceSet) {
        if (trace.followed == &member) {
            trace.followed = nullptr;
        }
    });
}

}  // namespace telex::exchange

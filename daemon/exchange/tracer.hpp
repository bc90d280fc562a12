#pragma once
// Operators' traces on one reactor: steps of the messages of a subject or of one connection.
//
//   begin -> events, up to the limit -> collect -> events ... -> end
//                                                      \ not asked for: it ends by itself
//
// A trace has a slot, the same on all reactors, and a message that is followed carries the slots of
// its traces with it (TraceSet), also to other reactors: a sample is chosen where it is published,
// and all further steps are reported. Without traces a message costs one check of a byte.
//
// Owner and thread: one shard.
#include "base/time.hpp"
#include "exchange/trace_set.hpp"
#include "telex/v1/admin.pb.h"
#include "wire/frame_view.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace telex::exchange {

class ClientRecord;

class Tracer {
public:
    using Kind = v1::TraceEvent::Kind;

    // Traces at a time, and events that wait in each.
    static constexpr unsigned kSlots = 4;
    static constexpr std::size_t kMostEvents = 512;
    static constexpr std::chrono::seconds kForgottenAfter{10};

    struct Subject {
        std::string filter;           // empty: every subject
        bool one_connection = false;  // only what members do or get that follow() was called for
        std::uint32_t sample = 1;
    };

    struct Seen {
        std::deque<v1::TraceEvent> events;
        std::uint64_t lost = 0;
    };

    bool idle() const { return active_ == 0; }

    // In a slot that is free, or whose trace is over.
    void begin(unsigned slot, Subject subject, TimePoint now);
    // The connection of a trace that follows one; reports its end by left().
    void follow(unsigned slot, ClientRecord& member);
    // Events since the last call.
    Seen collect(unsigned slot, TimePoint now);
    void end(unsigned slot);
    // Ends traces that are no longer polled.
    void tick(TimePoint now);

    // --- what happens, while it is not idle -------------------------------------------------
    // The traces that follow a message which `from` publishes; `kind` is PUBLISHED or REQUESTED.
    TraceSet published(
        Kind kind,
        const ClientRecord& from,
        const wire::MessageView& message,
        std::uint64_t request = 0
    );
    // To a message at its subscriber: one that is followed, or any if the subscriber is. `detail`
    // is the reason of a drop.
    void arrived(
        Kind kind,
        TraceSet traces,
        const ClientRecord& to,
        std::uint64_t subscription,
        const wire::MessageView& message,
        std::string_view detail = {}
    );
    // To a message that is followed, at its publisher.
    void unrouted(TraceSet traces, const ClientRecord& from, const wire::MessageView& message);
    // A request that is followed, or that a followed member made, is over.
    void request_ended(
        Kind kind, const ClientRecord& by, std::uint64_t request, v1::TraceEvent event
    );
    // Concerns a traced client only.
    void happened(Kind kind, const ClientRecord& member, v1::TraceEvent event);
    void left(ClientRecord& member);

private:
    struct Trace {
        Subject subject;
        ClientRecord* followed = nullptr;
        std::uint64_t matched = 0;  // for the sample
        TimePoint asked;
        // Requests that are followed, by member and number.
        std::set<std::pair<std::uint64_t, std::uint64_t>> requests;
        Seen seen;
    };

    // Is the next message that the member sends or gets one of the trace's?
    bool chooses(Trace& trace, TraceSet bit, const ClientRecord& member, std::string_view subject);
    void add(Trace& trace, Kind kind, const ClientRecord& member, v1::TraceEvent event);

    // Calls function(trace, bit) for each trace that is running.
    template <class Function>
    void for_each(Function function) {
        for (unsigned slot = 0; slot < kSlots; ++slot) {
            const auto bit = static_cast<TraceSet>(1U << slot);
            if ((active_ & bit) != 0) {
                function(traces_[slot], bit);
            }
        }
    }

    TraceSet active_ = 0;
    std::array<Trace, kSlots> traces_;
};

}  // namespace telex::exchange

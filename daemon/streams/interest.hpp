#pragma once
// Interest retention: a record stays until all consumers that want it have settled it.
//
// The state of each consumer tells whether it still needs a record: it has not read it yet, or has
// it in flight. Nothing is held for a record. A record below the floors of all consumers is not
// needed, whatever their filters; above them, each consumer is asked.
#include "streams/consumer_filter.hpp"
#include "streams/consumer_state.hpp"

#include <span>
#include <string_view>

namespace telex::streams {

// A consumer of the stream. Both live in the caller.
struct InterestedConsumer {
    const ConsumerState* state = nullptr;
    const ConsumerFilter* filter = nullptr;
};

// Returns true if a consumer wants new records of the subject (Offer::wanted).
bool is_wanted(std::string_view subject, std::span<const InterestedConsumer> consumers);

// Returns true if a consumer still needs the record.
bool is_needed(
    Sequence sequence, std::string_view subject, std::span<const InterestedConsumer> consumers
);

// Returns the first sequence that a consumer may still need: pass it to
// StreamState::settle_before(). `last` + 1 without consumers: nothing is needed.
Sequence needed_from(std::span<const InterestedConsumer> consumers, Sequence last);

}  // namespace telex::streams

#pragma once
// The records that an outcome means.
#include "streams/in_flight.hpp"
#include "streams/sequence.hpp"

#include <vector>

namespace telex::storage {

// Replaces `found` by the records of the range that the member has, or had last, in ascending
// order.
void find_flights_of(
    streams::MemberId member,
    const streams::SequenceRange& range,
    const streams::InFlight& flights,
    std::vector<streams::Sequence>& found
);

}  // namespace telex::storage

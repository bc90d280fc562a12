#include "streams/in_flight.hpp"

#include <algorithm>

namespace telex::streams {

namespace {

// Gaps that are allowed beside as many flights: moving them is then cheap for each.
constexpr std::size_t kMinGaps = 64;

}  // namespace

Flight& InFlight::add(const Flight& flight) {
    if (flights_.size() - live_ > live_ + kMinGaps) {
        compact();
    }
    ++live_;
    return flights_.emplace_back(flight);
}

void InFlight::compact() {
    std::erase_if(flights_, [](const Flight& flight) {
        return flight.state == FlightState::settled;
    });
    begin_ = 0;
}

std::size_t InFlight::index_of(Sequence sequence) const {
    if (live_ == 0 || sequence < first()) {
        return flights_.size();
    }
    // Without gaps, its distance tells the place.
    const std::size_t guess = begin_ + (sequence - first());
    if (guess < flights_.size() && flights_[guess].sequence == sequence) {
        return guess;
    }
    const auto found = std::lower_bound(
        flights_.begin() + static_cast<std::ptrdiff_t>(begin_),
        flights_.end(),
        sequence,
        [](const Flight& flight, Sequence wanted) { return flight.sequence < wanted; }
    );
    if (found == flights_.end() || found->sequence != sequence) {
        return flights_.size();
    }
    return static_cast<std::size_t>(found - flights_.begin());
}

const Flight* InFlight::find(Sequence sequence) const {
    const std::size_t index = index_of(sequence);
    const bool found = index < flights_.size() && flights_[index].state != FlightState::settled;
    return found ? &flights_[index] : nullptr;
}

Flight* InFlight::find(Sequence sequence) {
    const std::size_t index = index_of(sequence);
    const bool found = index < flights_.size() && flights_[index].state != FlightState::settled;
    return found ? &flights_[index] : nullptr;
}

void InFlight::settle(Flight& flight) {
    flight.state = FlightState::settled;
    --live_;
    while (begin_ < flights_.size() && flights_[begin_].state == FlightState::settled) {
        ++begin_;
    }
    if (live_ == 0) {
        flights_.clear();
        begin_ = 0;
    }
}

}  // namespace telex::streams

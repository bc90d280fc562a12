#include "storage/flight_search.hpp"

namespace telex::storage {

void find_flights_of(
    streams::MemberId member,
    const streams::SequenceRange& range,
    const streams::InFlight& flights,
    std::vector<streams::Sequence>& found
) {
    found.clear();
    if (range.first == range.last) {
        const streams::Flight* const flight = flights.find(range.first);
        if (flight != nullptr && flight->member == member) {
            found.push_back(range.first);
        }
        return;
    }
    flights.for_each([&](const streams::Flight& flight) {
        if (flight.member == member && flight.sequence >= range.first &&
            flight.sequence <= range.last) {
            found.push_back(flight.sequence);
        }
    });
}

}  // namespace telex::storage

#include "streams/interest.hpp"

#include <algorithm>

namespace telex::streams {

bool is_wanted(std::string_view subject, std::span<const InterestedConsumer> consumers) {
    return std::any_of(consumers.begin(), consumers.end(), [&](const InterestedConsumer& consumer) {
        return consumer.filter->selects(subject);
    });
}

bool is_needed(
    Sequence sequence, std::string_view subject, std::span<const InterestedConsumer> consumers
) {
    return std::any_of(consumers.begin(), consumers.end(), [&](const InterestedConsumer& consumer) {
        return consumer.state->needs(sequence) && consumer.filter->selects(subject);
    });
}

Sequence needed_from(std::span<const InterestedConsumer> consumers, Sequence last) {
    Sequence first = last + 1;
    for (const InterestedConsumer& consumer : consumers) {
        first = std::min(first, consumer.state->floor() + 1);
    }
    return first;
}

}  // namespace telex::streams

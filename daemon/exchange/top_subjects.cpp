#include "exchange/top_subjects.hpp"

#include <algorithm>

namespace telex::exchange {

void TopSubjects::add(std::string_view subject, std::uint64_t messages) {
    const auto known = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.subject == subject;
    });
    if (known != entries_.end()) {
        known->messages += messages;
        return;
    }
    if (entries_.size() < kEntries) {
        entries_.push_back({std::string(subject), messages});
        return;
    }
    // The newcomer takes the place of the least, and its count: it may have been here before.
    const auto least = std::min_element(
        entries_.begin(),
        entries_.end(),
        [](const Entry& left, const Entry& right) { return left.messages < right.messages; }
    );
    least->subject = subject;
    least->messages += messages;
}

}  // namespace telex::exchange

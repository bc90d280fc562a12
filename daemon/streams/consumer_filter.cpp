#include "streams/consumer_filter.hpp"

namespace telex::streams {

ConsumerFilter::ConsumerFilter(std::span<const std::string> filters, std::uint64_t seed)
    : trie_(seed), selects_all_(filters.empty()) {
    for (const std::string& filter : filters) {
        // A stream has only subjects that it captured: none is hidden from a wildcard.
        const bool added = trie_.obtain(filter, true).has_value();
        selects_all_ = selects_all_ || (added && filter == ">");
    }
}

bool ConsumerFilter::selects_one(std::string_view subject) const {
    found_.clear();
    trie_.match(subject, found_);
    return !found_.empty();
}

}  // namespace telex::streams

#include "codec/delimiter_search.hpp"

#include <algorithm>
#include <utility>

namespace telex::codec {

namespace {

std::vector<std::string> longest_first(std::vector<std::string> delimiters) {
    std::ranges::sort(delimiters, std::ranges::greater{}, &std::string::size);
    return delimiters;
}

std::string last_bytes(const std::vector<std::string>& delimiters) {
    std::string bytes;
    for (const std::string& delimiter : delimiters) {
        bytes.push_back(delimiter.back());
    }
    return bytes;
}

// Delimiters are short: a loop is faster than a call of memcmp.
bool ends_with(ByteView seen, const std::string& delimiter) {
    if (seen.size() < delimiter.size()) {
        return false;
    }
    const char* at = seen.data() + seen.size() - delimiter.size();
    for (std::size_t i = 0; i < delimiter.size(); ++i) {
        if (at[i] != delimiter[i]) {
            return false;
        }
    }
    return true;
}

}  // namespace

DelimiterSearch::DelimiterSearch(std::vector<std::string> delimiters)
    : delimiters_(longest_first(std::move(delimiters))),
      last_bytes_(last_bytes(delimiters_)),
      of_one_byte_(longest() == 1),
      one_byte_(of_one_byte_ && last_bytes_.has_one_byte()),
      delimiter_byte_(delimiters_.front().back()) {}

inline DelimiterMatch DelimiterSearch::match_ending_at(
    ByteView input, std::size_t last, std::uint64_t& examined
) const {
    const ByteView seen(input.data(), last + 1);
    for (const std::string& delimiter : delimiters_) {
        examined += delimiter.size() - 1;
        if (ends_with(seen, delimiter)) {
            return {.start = seen.size() - delimiter.size(), .end = seen.size()};
        }
    }
    return {};
}

DelimiterMatch DelimiterSearch::find_one_of(
    ByteView input, std::size_t from, std::uint64_t& examined
) const {
    while (from < input.size()) {
        const std::size_t last = last_bytes_.find(input, from);
        if (last == input.size()) {
            examined += last - from;
            return {};
        }
        examined += last + 1 - from;
        if (of_one_byte_) {
            return {.start = last, .end = last + 1};
        }
        if (const auto match = match_ending_at(input, last, examined)) {
            return match;
        }
        from = last + 1;
    }
    return {};
}

}  // namespace telex::codec

#include "codec/delimiter_search.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace telex::codec {

DelimiterSearch::DelimiterSearch(std::vector<std::string> delimiters)
    : delimiters_(std::move(delimiters)) {
    std::ranges::sort(delimiters_, std::ranges::greater{}, &std::string::size);
    only_last_byte_ = delimiters_.front().back();
    for (const std::string& delimiter : delimiters_) {
        is_last_byte_[static_cast<unsigned char>(delimiter.back())] = true;
        if (delimiter.back() != delimiters_.front().back()) {
            only_last_byte_.reset();
        }
    }
}

std::size_t DelimiterSearch::next_candidate(ByteView input, std::size_t from) const {
    if (from >= input.size()) {
        return input.size();
    }
    if (only_last_byte_) {
        const void* found = std::memchr(
            input.data() + from, static_cast<unsigned char>(*only_last_byte_), input.size() - from
        );
        return found == nullptr
                   ? input.size()
                   : static_cast<std::size_t>(static_cast<const char*>(found) - input.data());
    }
    while (from < input.size() && !is_last_byte_[static_cast<unsigned char>(input[from])]) {
        ++from;
    }
    return from;
}

std::optional<DelimiterMatch> DelimiterSearch::match_ending_at(
    ByteView input, std::size_t last, std::uint64_t& examined
) const {
    const ByteView seen = input.substr(0, last + 1);
    for (const std::string& delimiter : delimiters_) {
        examined += delimiter.size() - 1;
        if (seen.ends_with(delimiter)) {
            return DelimiterMatch{.start = seen.size() - delimiter.size(), .end = seen.size()};
        }
    }
    return std::nullopt;
}

std::optional<DelimiterMatch> DelimiterSearch::find(
    ByteView input, std::size_t from, std::uint64_t& examined
) const {
    const bool any_candidate_matches = only_last_byte_ && longest() == 1;
    while (from < input.size()) {
        const std::size_t last = next_candidate(input, from);
        if (last == input.size()) {
            examined += last - from;
            return std::nullopt;
        }
        examined += last + 1 - from;
        if (any_candidate_matches) {
            return DelimiterMatch{.start = last, .end = last + 1};
        }
        if (const auto match = match_ending_at(input, last, examined)) {
            return match;
        }
        from = last + 1;
    }
    return std::nullopt;
}

}  // namespace telex::codec

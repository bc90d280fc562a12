#pragma once
// Finds the first complete delimiter. It searches for the delimiters' *last* bytes and looks back.
// So a search resumes at the first new byte, every byte is scanned once however the input is split,
// and a delimiter split by the network is found.
#include "base/byte_scan.hpp"
#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace telex::codec {

// Two words, which are returned in registers: the next frame waits for them.
struct DelimiterMatch {
    std::size_t start = 0;
    std::size_t end = 0;  // 0: none was found

    explicit operator bool() const { return end != 0; }
};

class DelimiterSearch {
public:
    // Requires at least one delimiter, none of them empty.
    explicit DelimiterSearch(std::vector<std::string> delimiters);

    // Returns the match that ends first at or after `from`; of several with the same end the
    // longest. Everything before `from` must have been searched. Adds the number of bytes examined
    // to `examined`.
    DelimiterMatch find(ByteView input, std::size_t from, std::uint64_t& examined) const;

    std::size_t longest() const { return delimiters_.front().size(); }

private:
    // Delimiters are short: a loop is faster than a call of memcmp.
    static bool ends_with(ByteView seen, const std::string& delimiter);
    DelimiterMatch match_ending_at(ByteView input, std::size_t last, std::uint64_t& examined) const;

    std::vector<std::string> delimiters_;  // longest first
    ByteScan last_bytes_;
    bool one_byte_;  // each delimiter is the same single byte: it needs no look back
};

inline bool DelimiterSearch::ends_with(ByteView seen, const std::string& delimiter) {
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

inline DelimiterMatch DelimiterSearch::match_ending_at(
    ByteView input, std::size_t last, std::uint64_t& examined
) const {
    const ByteView seen = input.substr(0, last + 1);
    for (const std::string& delimiter : delimiters_) {
        examined += delimiter.size() - 1;
        if (ends_with(seen, delimiter)) {
            return {.start = seen.size() - delimiter.size(), .end = seen.size()};
        }
    }
    return {};
}

inline DelimiterMatch DelimiterSearch::find(
    ByteView input, std::size_t from, std::uint64_t& examined
) const {
    while (from < input.size()) {
        const std::size_t last = last_bytes_.find(input, from);
        if (last == input.size()) {
            examined += last - from;
            return {};
        }
        examined += last + 1 - from;
        if (one_byte_) {
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

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
    // Delimiters count wherever they are (delimiter_context.hpp).
    static constexpr bool kHasContext = false;

    // Requires at least one delimiter, none of them empty.
    explicit DelimiterSearch(std::vector<std::string> delimiters);

    // Returns the match that ends first at or after `from`; of several with the same end the
    // longest. Everything before `from` must have been searched. Adds the number of bytes examined
    // to `examined`.
    [[gnu::always_inline]] DelimiterMatch find(
        ByteView input, std::size_t from, std::uint64_t& examined
    ) const;

    // The first match in a whole payload.
    DelimiterMatch first_in(ByteView payload) const {
        std::uint64_t examined = 0;
        return find(payload, 0, examined);
    }

    std::size_t longest() const { return delimiters_.front().size(); }

    // No byte behind a delimiter belongs to its frame.
    static constexpr bool has_bytes_behind() { return false; }

private:
    DelimiterMatch find_one_of(ByteView input, std::size_t from, std::uint64_t& examined) const;
    DelimiterMatch match_ending_at(ByteView input, std::size_t last, std::uint64_t& examined) const;

    std::vector<std::string> delimiters_;  // longest first
    ByteScan last_bytes_;
    bool of_one_byte_;  // each delimiter has one byte: it needs no look back
    bool one_byte_;     // all are the same
    char delimiter_byte_;
};

inline DelimiterMatch DelimiterSearch::find(
    ByteView input, std::size_t from, std::uint64_t& examined
) const {
    if (!one_byte_) {
        return find_one_of(input, from, examined);
    }
    const std::size_t at = find_byte(input, from, delimiter_byte_);
    const std::size_t end = at + (at < input.size() ? 1 : 0);
    examined += end - from;
    return {.start = at, .end = at < input.size() ? end : 0};
}

}  // namespace telex::codec

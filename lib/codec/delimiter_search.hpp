#pragma once
// Finds the first complete delimiter. It searches for the delimiters' *last* bytes (memchr, or a
// table if these differ) and looks back. So a search resumes at the first new byte, every byte is
// scanned once however the input is split, and a delimiter split by the network is found.
#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace telex::codec {

struct DelimiterMatch {
    std::size_t start;
    std::size_t end;
};

class DelimiterSearch {
public:
    // Requires at least one delimiter, none of them empty.
    explicit DelimiterSearch(std::vector<std::string> delimiters);

    // Returns the match that ends first at or after `from`; of several with the same end the
    // longest. Everything before `from` must have been searched. Adds the number of bytes examined
    // to `examined`.
    std::optional<DelimiterMatch> find(ByteView input, std::size_t from, std::uint64_t& examined)
        const;

    std::size_t longest() const { return delimiters_.front().size(); }

private:
    std::size_t next_candidate(ByteView input, std::size_t from) const;
    std::optional<DelimiterMatch> match_ending_at(
        ByteView input, std::size_t last, std::uint64_t& examined
    ) const;

    std::vector<std::string> delimiters_;  // longest first
    std::array<bool, 256> is_last_byte_{};
    std::optional<char> only_last_byte_;
};

}  // namespace telex::codec

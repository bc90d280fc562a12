#pragma once
// Tells whether a hash came up lately: what comes up once only is not worth a place in a cache.
//
// One place for each residue; the latest hash stays. A few hashes in a billion are taken for one
// that came up.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace telex::match {

// Owner: a routing table. One thread.
class RecentHashes {
public:
    // `places`: rounded up to a power of two; four bytes each.
    explicit RecentHashes(std::size_t places) : tags_(std::bit_ceil(places)) {}

    // Returns true if this hash was noted, and no other one at its place since.
    bool note(std::uint64_t hash) {
        const auto tag = static_cast<std::uint32_t>(hash >> 32U) | 1U;  // 0: none yet
        return std::exchange(tags_[hash & (tags_.size() - 1)], tag) == tag;
    }

private:
    std::vector<std::uint32_t> tags_;
};

}  // namespace telex::match

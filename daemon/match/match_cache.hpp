#pragma once
// A cache of the filters that recent subjects matched.
//
// Four-way associative, fixed size, random eviction. Subjects that never repeat cost a miss each;
// they cannot grow the cache, nor evict a certain entry, because the position of a subject depends
// on a secret key. Subjects of more than kMaxSubject bytes and results of more than kMaxFilters
// filters are not cached: for them the walk through the trie is a small part of the cost.
//
// Adding or removing a literal filter removes the entry of its subject; adding or removing a filter
// with a wildcard removes all entries (by a new generation).
#include "match/filter_shape.hpp"
#include "match/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace telex::match {

// Owner: a routing table. One thread.
class MatchCache {
public:
    static constexpr std::size_t kMaxSubject = 80;
    static constexpr std::size_t kMaxFilters = 8;

    // Room for `entries`, rounded up to a power of two of at least four; 128 bytes each.
    // `seed`: of its random numbers.
    MatchCache(std::size_t entries, std::uint64_t seed);

    // Returns the cached match of the subject, valid until the next call that is not const; null if
    // it is not cached. `hash`: of the subject, here and below, by one KeyedHash.
    std::optional<std::span<const FilterRef>> find(std::string_view subject, std::uint64_t hash)
        const;
    // Requires a subject that is not in the cache.
    void store(std::string_view subject, std::uint64_t hash, std::span<const FilterRef> filters);
    void forget(std::string_view subject, std::uint64_t hash);
    void forget_all();

    std::size_t capacity() const { return entries_.size(); }

    std::size_t memory_bytes() const;

private:
    static constexpr std::size_t kWays = 4;

    struct Entry {
        std::uint64_t generation;  // 0: never used
        std::uint8_t subject_length;
        std::uint8_t filter_count;
        std::array<FilterRef, kMaxFilters> filters;
        std::array<char, kMaxSubject> subject;
    };

    using Tags = std::array<std::uint32_t, kWays>;

    // Returns the index of the entry, or capacity() if there is none.
    std::size_t locate(std::string_view subject, std::uint64_t hash) const;

    bool is_current(std::size_t index) const { return entries_[index].generation == generation_; }

    SplitMix64 random_;
    std::uint64_t generation_ = 1;
    std::vector<Tags> tags_;  // separate from the entries: one cache line holds four ways
    std::vector<Entry> entries_;
};

}  // namespace telex::match

#include "match/match_cache.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace telex::match {

namespace {

std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32);
}

}  // namespace

MatchCache::MatchCache(std::size_t entries, std::uint64_t seed)
    : random_(seed),
      tags_(std::bit_ceil(std::max(entries, kWays)) / kWays),
      entries_(tags_.size() * kWays) {
    static_assert(sizeof(Entry) == 128);
}

std::size_t MatchCache::locate(std::string_view subject, std::uint64_t hash) const {
    if (subject.size() > kMaxSubject) {
        return capacity();
    }
    const std::size_t set = hash & (tags_.size() - 1);
    for (std::size_t way = 0; way < kWays; ++way) {
        if (tags_[set][way] == tag_of(hash)) {
            const std::size_t index = set * kWays + way;
            const Entry& entry = entries_[index];
            if (is_current(index) &&
                std::string_view(entry.subject.data(), entry.subject_length) == subject) {
                return index;
            }
        }
    }
    return capacity();
}

std::optional<std::span<const FilterRef>> MatchCache::find(
    std::string_view subject, std::uint64_t hash
) const {
    const std::size_t index = locate(subject, hash);
    if (index == capacity()) {
        return std::nullopt;
    }
    return std::span(entries_[index].filters).first(entries_[index].filter_count);
}

void MatchCache::store(
    std::string_view subject, std::uint64_t hash, std::span<const FilterRef> filters
) {
    if (subject.size() > kMaxSubject || filters.size() > kMaxFilters) {
        return;
    }
    const std::size_t set = hash & (tags_.size() - 1);
    std::size_t way = 0;
    while (way < kWays && is_current(set * kWays + way)) {
        ++way;
    }
    if (way == kWays) {
        way = random_.below(kWays);
    }
    tags_[set][way] = tag_of(hash);
    Entry& entry = entries_[set * kWays + way];
    entry.generation = generation_;
    entry.subject_length = static_cast<std::uint8_t>(subject.size());
    entry.filter_count = static_cast<std::uint8_t>(filters.size());
    std::copy(filters.begin(), filters.end(), entry.filters.begin());
    std::copy(subject.begin(), subject.end(), entry.subject.begin());
}

void MatchCache::forget(std::string_view subject, std::uint64_t hash) {
    if (const std::size_t index = locate(subject, hash); index != capacity()) {
        entries_[index].generation = 0;
    }
}

void MatchCache::forget_all() {
    ++generation_;
}

std::size_t MatchCache::memory_bytes() const {
    return entries_.capacity() * sizeof(Entry) + tags_.capacity() * sizeof(Tags);
}

}  // namespace telex::match

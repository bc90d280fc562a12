#pragma once
// The filters of a consumer, ready to be compared with many subjects.
#include "match/subject_trie.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::streams {

// Owner: that of the consumer. One thread: a match uses scratch memory.
class ConsumerFilter {
public:
    // Filters that were checked. Without any, all subjects are selected. `seed`: a secret of the
    // process.
    ConsumerFilter(std::span<const std::string> filters, std::uint64_t seed);

    bool selects(std::string_view subject) const { return selects_all_ || selects_one(subject); }

    bool selects_all() const { return selects_all_; }

private:
    bool selects_one(std::string_view subject) const;

    match::SubjectTrie<std::uint64_t> trie_;
    mutable std::vector<match::FilterRef> found_;
    bool selects_all_ = false;
};

}  // namespace telex::streams

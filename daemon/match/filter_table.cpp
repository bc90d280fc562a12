#include "match/filter_table.hpp"

#include <algorithm>
#include <array>

namespace telex::match {

namespace {

// Subjects whose filters are loaded together.
constexpr std::size_t kLoadedTogether = 16;

}  // namespace

FilterTable::FilterTable(std::uint64_t seed) : literals_(KeyedHash(seed)), trie_(KeyedHash(seed)) {}

Result<Obtained, FilterError> FilterTable::obtain(std::string_view filter, bool sees_reserved) {
    const auto shape = shape_of(filter);
    if (!shape) {
        return unexpected(shape.error());
    }
    if (*shape == FilterShape::with_wildcards) {
        return trie_.obtain(filter, sees_reserved);
    }
    const std::uint64_t hash = literals_.hash_of(filter);
    if (const FilterRef known = literals_.find(filter, hash); known != 0) {
        return Obtained{known | kLiteral, false};
    }
    return Obtained{literals_.add(filter, hash) | kLiteral, true};
}

FilterRef FilterTable::find(std::string_view filter, bool sees_reserved) const {
    const auto shape = shape_of(filter);
    if (!shape) {
        return 0;
    }
    if (*shape == FilterShape::with_wildcards) {
        return trie_.find(filter, sees_reserved);
    }
    const FilterRef known = literals_.find(filter, literals_.hash_of(filter));
    return known == 0 ? 0 : known | kLiteral;
}

void FilterTable::erase(FilterRef filter) {
    if (is_literal(filter)) {
        literals_.erase(filter & ~kLiteral);
    } else {
        trie_.erase(filter);
    }
}

void FilterTable::set_value(FilterRef filter, std::uint64_t value) {
    if (is_literal(filter)) {
        literals_.set_value(filter & ~kLiteral, value);
    } else {
        trie_.set_value(filter, value);
    }
}

std::string FilterTable::text_of(FilterRef filter) const {
    return is_literal(filter) ? std::string(literals_.text_of(filter & ~kLiteral))
                              : trie_.text_of(filter);
}

bool FilterTable::sees_reserved(FilterRef filter) const {
    return !is_literal(filter) && trie_.sees_reserved(filter);
}

std::size_t FilterTable::match(
    std::string_view subject, std::uint64_t hash, std::vector<FilterRef>& found
) const {
    literals_.prefetch_slot(hash);  // it arrives during the walk
    const std::size_t visited = trie_.size() == 0 ? 0 : trie_.match(subject, found);
    if (const FilterRef literal = literals_.find(subject, hash); literal != 0) {
        found.push_back(literal | kLiteral);
    }
    return visited + 1;
}

void FilterTable::prefetch(std::span<const std::string_view> subjects) const {
    std::array<std::uint64_t, kLoadedTogether> hashes;
    for (; !subjects.empty();
         subjects = subjects.subspan(std::min(hashes.size(), subjects.size()))) {
        const auto some = subjects.first(std::min(hashes.size(), subjects.size()));
        for (std::size_t i = 0; i < some.size(); ++i) {
            hashes[i] = hash_of(some[i]);
            literals_.prefetch_slot(hashes[i]);
        }
        if (trie_.size() != 0) {
            trie_.prefetch(some);  // meanwhile the slots arrive
        }
        for (std::size_t i = 0; i < some.size(); ++i) {
            literals_.prefetch_filter(hashes[i]);
        }
    }
}

}  // namespace telex::match

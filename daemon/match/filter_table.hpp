#pragma once
// All filters: those without wildcards by their whole text, the others in a trie.
#include "base/result.hpp"
#include "match/filter_shape.hpp"
#include "match/literal_filters.hpp"
#include "match/trie_core.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::match {

// Maps filters to 64-bit words. SubjectTrie gives the words a type. Owner: a routing table or the
// like. One thread. The caller validates filters and subjects (characters, empty tokens); obtain()
// rejects filters that would break the structure.
class FilterTable {
public:
    explicit FilterTable(std::uint64_t seed);

    // Returns the filter. A new one is added, with the value 0.
    [[nodiscard]] Result<Obtained, FilterError> obtain(std::string_view filter, bool sees_reserved);
    // Returns 0 if the filter is not in the table.
    FilterRef find(std::string_view filter, bool sees_reserved) const;
    // Requires a filter in the table.
    void erase(FilterRef filter);

    std::uint64_t value(FilterRef filter) const {
        return is_literal(filter) ? literals_.value(filter & ~kLiteral) : trie_.value(filter);
    }

    void set_value(FilterRef filter, std::uint64_t value);
    std::string text_of(FilterRef filter) const;
    bool sees_reserved(FilterRef filter) const;

    // Returns true if the filter has no wildcard: it matches one subject only, its own text.
    static bool is_literal(FilterRef filter) { return (filter & kLiteral) != 0; }

    std::uint64_t hash_of(std::string_view subject) const { return literals_.hash_of(subject); }

    // Appends every filter that matches the subject, each once, in no particular order. Returns the
    // number of nodes and filters visited, the cost of the match. `hash`: of the subject.
    std::size_t match(std::string_view subject, std::uint64_t hash, std::vector<FilterRef>& found)
        const;

    // Loads what match() will read for each of these subjects, all at once. Changes nothing.
    void prefetch(std::span<const std::string_view> subjects) const;

    // Calls function(filter) for every filter, in no particular order.
    template <class Function>
    void for_each(Function&& function) const {
        literals_.for_each([&](FilterRef filter) { function(filter | kLiteral); });
        trie_.for_each(function);
    }

    std::size_t size() const { return literals_.size() + trie_.size(); }

    // Memory taken from the allocator.
    std::size_t memory_bytes() const { return literals_.memory_bytes() + trie_.memory_bytes(); }

private:
    // In the names of literal filters.
    static constexpr FilterRef kLiteral = FilterRef{1} << 31U;

    LiteralFilters literals_;
    TrieCore trie_;
};

}  // namespace telex::match

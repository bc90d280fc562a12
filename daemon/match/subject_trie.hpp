#pragma once
// A map from filters to small values that finds the filters that match a subject.
#include "match/filter_table.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace telex::match {

// FilterTable with typed values; its contract applies (thread, errors, reserved subjects). A value
// is an index, a pointer or a tagged word: 8 trivially copyable bytes. For a list, store a pointer.
template <class Value>
    requires(std::is_trivially_copyable_v<Value> && sizeof(Value) == sizeof(std::uint64_t))
class SubjectTrie {
public:
    explicit SubjectTrie(std::uint64_t seed) : table_(seed) {}

    // Returns the filter. A new one is added, with a value of zero bits.
    [[nodiscard]] Result<Obtained, FilterError> obtain(
        std::string_view filter, bool sees_reserved = false
    ) {
        return table_.obtain(filter, sees_reserved);
    }

    // Returns 0 if the filter is not in the trie.
    FilterRef find(std::string_view filter, bool sees_reserved = false) const {
        return table_.find(filter, sees_reserved);
    }

    // Requires a filter in the trie.
    void erase(FilterRef filter) { table_.erase(filter); }

    Value value(FilterRef filter) const { return std::bit_cast<Value>(table_.value(filter)); }

    void set_value(FilterRef filter, Value value) {
        table_.set_value(filter, std::bit_cast<std::uint64_t>(value));
    }

    std::string text_of(FilterRef filter) const { return table_.text_of(filter); }

    bool sees_reserved(FilterRef filter) const { return table_.sees_reserved(filter); }

    bool is_literal(FilterRef filter) const { return FilterTable::is_literal(filter); }

    // Appends the filters that match the subject. Returns the number of nodes visited.
    std::size_t match(std::string_view subject, std::vector<FilterRef>& found) const {
        return match(subject, hash_of(subject), found);
    }

    std::uint64_t hash_of(std::string_view subject) const { return table_.hash_of(subject); }

    // For a caller that knows the subject's hash.
    std::size_t match(std::string_view subject, std::uint64_t hash, std::vector<FilterRef>& found)
        const {
        return table_.match(subject, hash, found);
    }

    // A hint that these subjects will be matched next.
    void prefetch(std::span<const std::string_view> subjects) const { table_.prefetch(subjects); }

    // Calls function(filter, value) for every filter, in no particular order.
    template <class Function>
    void for_each(Function&& function) const {
        table_.for_each([&](FilterRef filter) { function(filter, value(filter)); });
    }

    std::size_t size() const { return table_.size(); }

    std::size_t memory_bytes() const { return table_.memory_bytes(); }

private:
    FilterTable table_;
};

}  // namespace telex::match

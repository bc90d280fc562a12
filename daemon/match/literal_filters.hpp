#pragma once
// Filters without wildcards, by their whole text: each matches the one subject that equals it.
//
// A look-up waits for two memory accesses, however many tokens there are: the slot of the hash, and
// the filter. A subject without its filter waits for the first only. In a trie it would be two for
// each token that few filters share (docs/adr/0020-literal-filters-by-their-whole-text.md).
#include "base/prefetch.hpp"
#include "base/short_bytes.hpp"
#include "match/edge_table.hpp"
#include "match/filter_shape.hpp"
#include "match/keyed_hash.hpp"
#include "match/node_pool.hpp"
#include "match/packed_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::match {

// 32 bytes: at a million filters this is the table's size.
struct LiteralFilter {
    std::uint64_t value = 0;
    PackedText<20, std::uint32_t> text;  // empty while it is free

    void reset() {
        text.clear();
        value = 0;
    }

    // --- for NodePool ---------------------------------------------------------------------------
    NodeIndex link() const { return static_cast<NodeIndex>(value); }

    void set_link(NodeIndex number) { value = number; }
};

// Maps filters to 64-bit words. Owner: a FilterTable. One thread.
class LiteralFilters {
public:
    explicit LiteralFilters(const KeyedHash& hash);

    std::uint64_t hash_of(std::string_view text) const { return hash_(text); }

    // `hash`: of the text, here and below. Returns 0 if it is not there.
    FilterRef find(std::string_view text, std::uint64_t hash) const {
        return edges_.find(edge_of(hash), [&](FilterRef filter) {
            return same_bytes(filters_[filter].text.view(), text);
        });
    }

    // Requires a text that is not empty and not there. The value is 0.
    FilterRef add(std::string_view text, std::uint64_t hash);
    void erase(FilterRef filter);

    std::uint64_t value(FilterRef filter) const { return filters_[filter].value; }

    void set_value(FilterRef filter, std::uint64_t value) { filters_[filter].value = value; }

    std::string_view text_of(FilterRef filter) const { return filters_[filter].text.view(); }

    // Load what find() reads: first the slot, which names the filter, then the filter.
    void prefetch_slot(std::uint64_t hash) const { edges_.prefetch(edge_of(hash)); }

    void prefetch_filter(std::uint64_t hash) const {
        prefetch_at(&filters_[edges_.guess(edge_of(hash))]);
    }

    // Calls function(filter) for every filter, in no particular order.
    template <class Function>
    void for_each(Function&& function) const {
        filters_.for_each([&](FilterRef filter, const LiteralFilter& record) {
            if (!record.text.view().empty()) {
                function(filter);
            }
        });
    }

    std::size_t size() const { return edges_.size(); }

    // Memory taken from the allocator.
    std::size_t memory_bytes() const {
        return filters_.memory_bytes() + edges_.memory_bytes() + heap_bytes_;
    }

private:
    static std::uint32_t edge_of(std::uint64_t hash) {
        return static_cast<std::uint32_t>(hash >> 32U);
    }

    KeyedHash hash_;
    NodePool<LiteralFilter> filters_;
    EdgeTable edges_;
    std::size_t heap_bytes_ = 0;  // of long texts
};

}  // namespace telex::match

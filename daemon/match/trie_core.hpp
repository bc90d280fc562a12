#pragma once
// Filters as a trie of tokens: every node has literal children (all in one hash table) and two
// wildcard slots, '*' and '>'.
//
//   a.b, a.*, a.>, >      root --a--> . --b--> (a.b)
//                           \           --*--> (a.*)
//                            >--> (>)   -->--> (a.>)
//
// Reserved subjects begin with '$'. A filter whose first token is a wildcard matches them only if
// it was added with sees_reserved. Such filters have a second root, so a walk finds exactly the
// filters that match and need not check their values.
//
// FilterTable keeps filters without wildcards elsewhere; a trie finds them, too.
//
// Cost: a match walks depth first without recursion and visits, per level, at most
// min(2^level, filters through that level) nodes. An array of one entry per level holds the pending
// branches.
#include "match/edge_table.hpp"
#include "match/filter_shape.hpp"
#include "match/keyed_hash.hpp"
#include "match/subject_tokens.hpp"
#include "match/trie_node.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::match {

struct Obtained {
    FilterRef filter;
    bool created;
};

// Maps filters to 64-bit words. Owner: a FilterTable. One thread. Filters have a shape
// (filter_shape.hpp).
class TrieCore {
public:
    explicit TrieCore(const KeyedHash& hash);

    // Returns the filter. A new one is added, with the value 0.
    Obtained obtain(std::string_view filter, bool sees_reserved);
    // Returns 0 if the filter is not in the trie.
    FilterRef find(std::string_view filter, bool sees_reserved) const;
    // Requires a filter in the trie.
    void erase(FilterRef filter);

    std::uint64_t value(FilterRef filter) const { return nodes_[filter].value; }

    void set_value(FilterRef filter, std::uint64_t value) { nodes_[filter].value = value; }

    std::string text_of(FilterRef filter) const;
    bool sees_reserved(FilterRef filter) const;

    // Appends every filter that matches the subject, each once, in no particular order. Returns the
    // number of nodes visited, the cost of the match.
    std::size_t match(std::string_view subject, std::vector<FilterRef>& found) const;

    // Loads what match() will read on the literal path of each subject, all at once. Changes
    // nothing.
    void prefetch(std::span<const std::string_view> subjects) const;

    // Calls function(filter) for every filter, in no particular order.
    template <class Function>
    void for_each(Function&& function) const {
        nodes_.for_each([&](NodeIndex index, const TrieNode& node) {
            if (node.is_filter != 0) {
                function(index);
            }
        });
    }

    std::size_t size() const { return filters_; }

    // Memory taken from the allocator.
    std::size_t memory_bytes() const;

private:
    // A walk along the literal path of a subject.
    struct Path {
        NodeIndex node;
        std::uint32_t edge;  // to the next node
        const char* at;      // the next token
        const char* end;
    };

    std::size_t prefetch_edges(std::span<Path> paths) const;
    std::size_t prefetch_nodes(std::span<Path> paths) const;

    NodeIndex find_child(NodeIndex parent, const Token& token) const;
    NodeIndex find_step(NodeIndex parent, const Token& token) const;
    NodeIndex add_step(NodeIndex parent, const Token& token);

    std::uint32_t edge_hash(NodeIndex parent, std::uint64_t token_hash) const {
        return static_cast<std::uint32_t>(hash_.combine(token_hash, parent) >> 32);
    }

    NodeIndex root_for(const Token& first, bool sees_reserved) const;
    void detach(NodeIndex child);
    void prune(NodeIndex leaf);

    KeyedHash hash_;
    TrieNodes nodes_;
    EdgeTable edges_;
    std::size_t filters_ = 0;
    std::size_t heap_bytes_ = 0;  // of long tokens
};

}  // namespace telex::match

#pragma once
// One token of one or more filters in a trie.
#include "match/node_pool.hpp"
#include "match/packed_text.hpp"

#include <cstdint>

namespace telex::match {

// 40 bytes: most of the memory of a trie.
struct TrieNode {
    NodeIndex parent = 0;
    NodeIndex star = 0;  // the child '*', 0 for none
    NodeIndex tail = 0;  // the child '>', 0 for none
    std::uint32_t literal_children : 31 = 0;
    std::uint32_t is_filter : 1 = 0;  // a filter ends here; `value` belongs to it
    std::uint64_t value = 0;
    PackedText<14> token;

    void reset() {
        token.clear();
        parent = 0;
        star = 0;
        tail = 0;
        literal_children = 0;
        is_filter = 0;
        value = 0;
    }

    // --- for NodePool ---------------------------------------------------------------------------
    NodeIndex link() const { return parent; }

    void set_link(NodeIndex number) { parent = number; }
};

using TrieNodes = NodePool<TrieNode>;

}  // namespace telex::match

#pragma once
// Filters as a trie of tokens: every node has literal children (all in one hash table) and two
// wildcard slots, '*' and '>'.
//
//   a.b, a.*, a.>, >      root --a--> . --b--> (a.b)
//                           \           --*--> (a.*)
//                            >--> (>)   -->--> (a.>)
//
// Reserved subjects: '$...' is the exchange's own. A filter whose first token is a wildcard does
// not see it unless it was entered with sees_reserved; such filters hang from a second root, so one
// walk serves both and no value needs to be asked.
//
// Cost: a match walks depth first without recursion and visits, per level, no more nodes than
// min(2^level, filters through that level); the pending branches fit in an array of one per level.
#include "base/result.hpp"
#include "match/edge_table.hpp"
#include "match/keyed_hash.hpp"
#include "match/subject_tokens.hpp"
#include "match/trie_nodes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::match {

// Names a filter in a trie, from obtain() until erase().
using FilterRef = NodeIndex;

enum class FilterError : std::uint8_t { empty, too_many_tokens, token_too_long, misplaced_tail };

struct Obtained {
    FilterRef filter;
    bool created;
};

// Maps filters to 64-bit words. SubjectTrie gives the words a type.
// Owner: a routing table or the like. One thread. Filters and subjects were validated by the caller
// (characters, empty tokens); what would break the structure is refused here as well.
class TrieCore {
public:
    explicit TrieCore(std::uint64_t seed);

    // The filter, entered with value 0 when it is new.
    [[nodiscard]] Result<Obtained, FilterError> obtain(std::string_view filter, bool sees_reserved);
    // 0 when the filter is not there.
    FilterRef find(std::string_view filter, bool sees_reserved) const;
    // The filter must be there.
    void erase(FilterRef filter);

    std::uint64_t value(FilterRef filter) const { return nodes_[filter].value; }

    void set_value(FilterRef filter, std::uint64_t value) { nodes_[filter].value = value; }

    std::string text_of(FilterRef filter) const;
    bool sees_reserved(FilterRef filter) const;
    // The filter has no wildcard: it sees exactly one subject, its own text.
    bool is_literal(FilterRef filter) const;

    // Appends every filter that sees the subject, each once, in no particular order. Returns the
    // number of nodes visited: what the match cost.
    std::size_t match(std::string_view subject, std::vector<FilterRef>& found) const;

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

    // Taken from the allocator.
    std::size_t memory_bytes() const;

private:
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

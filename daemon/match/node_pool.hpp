#pragma once
// The numbered nodes of a trie, in segments that never move.
//
// Growing allocates one segment and copies nothing. The lowest segment with a free node gives the
// next one, and a segment without nodes is freed: many filters that come and go leave no memory
// behind, although others stay.
#include "base/allocated.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace telex::match {

using NodeIndex = std::uint32_t;

// A token's text in 16 bytes: up to 14 bytes in place, longer ones on the heap.
class TokenText {
public:
    TokenText() = default;
    TokenText(const TokenText&) = delete;
    TokenText& operator=(const TokenText&) = delete;

    ~TokenText() { clear(); }

    void assign(std::string_view text);  // at most 65,535 bytes
    void clear();

    std::string_view view() const { return {length_ <= kInPlace ? bytes_ : heap(), length_}; }

    std::size_t heap_bytes() const { return length_ <= kInPlace ? 0 : allocated(length_); }

private:
    static constexpr std::size_t kInPlace = 14;
    static constexpr std::size_t kPointerAt = 6;

    char* heap() const {
        char* pointer = nullptr;
        std::memcpy(&pointer, bytes_ + kPointerAt, sizeof pointer);
        return pointer;
    }

    std::uint16_t length_ = 0;
    char bytes_[kInPlace] = {};
};

// One token of one or more filters. 40 bytes: at a million filters this is the table's size.
struct TrieNode {
    NodeIndex parent = 0;
    NodeIndex star = 0;  // the child '*', 0 for none
    NodeIndex tail = 0;  // the child '>', 0 for none
    std::uint32_t literal_children : 31 = 0;
    std::uint32_t is_filter : 1 = 0;  // a filter ends here; `value` belongs to it
    std::uint64_t value = 0;
    TokenText token;
};

// Owner: a TrieCore. One thread.
class TrieNodes {
public:
    // Returns nodes 0, 1, ... in order while none was released.
    NodeIndex take();
    void release(NodeIndex index);

    // The node must be taken.
    TrieNode& operator[](NodeIndex index) {
        return segments_[index / kSegmentNodes][index % kSegmentNodes];
    }

    const TrieNode& operator[](NodeIndex index) const {
        return segments_[index / kSegmentNodes][index % kSegmentNodes];
    }

    std::size_t live() const { return live_; }

    // Calls function(index, node) for every node that is taken, and for some that are free.
    template <class Function>
    void for_each(Function&& function) const {
        for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
            for (std::size_t i = 0; i < uses_[segment].fresh; ++i) {
                function(index_of(segment, i), segments_[segment][i]);
            }
        }
    }

    std::size_t memory_bytes() const;

private:
    static constexpr std::size_t kSegmentNodes = 512;
    static constexpr std::size_t kWordBits = 64;

    // A segment without nodes has no memory.
    struct Use {
        std::uint16_t live = 0;
        std::uint16_t fresh = 0;  // nodes from here on were never taken
        std::uint16_t free = 0;   // released nodes, linked by `parent`: place + 1; 0 ends the list
    };

    static NodeIndex index_of(std::size_t segment, std::size_t place) {
        return static_cast<NodeIndex>(segment * kSegmentNodes + place);
    }

    // The lowest segment with a free node.
    std::size_t open_segment();
    void free_segment(std::size_t segment);

    std::uint64_t& open_word(std::size_t segment) { return open_[segment / kWordBits]; }

    static std::uint64_t open_bit(std::size_t segment) {
        return std::uint64_t{1} << (segment % kWordBits);
    }

    std::vector<std::unique_ptr<TrieNode[]>> segments_;
    std::vector<Use> uses_;            // apart from the pointers, which every match reads
    std::vector<std::uint64_t> open_;  // a bit for each segment: it has a free node
    std::size_t with_memory_ = 0;      // segments
    std::size_t live_ = 0;
};

}  // namespace telex::match

#pragma once
// The nodes of a trie, by number, in segments that never move.
//
// Growing allocates one segment and copies nothing. A released node is reused before new ones are
// taken; when the last one goes, all segments but the first are given back.
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

    std::size_t heap_bytes() const { return length_ <= kInPlace ? 0 : length_; }

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
    std::uint32_t is_filter : 1 = 0;  // a filter ends here, `value` is its
    std::uint64_t value = 0;
    TokenText token;
};

// Owner: a TrieCore. One thread.
class TrieNodes {
public:
    // Takes node 0, 1, ... in order while none was released.
    NodeIndex take();
    void release(NodeIndex index);

    TrieNode& operator[](NodeIndex index) {
        return segments_[index / kSegmentNodes][index % kSegmentNodes];
    }

    const TrieNode& operator[](NodeIndex index) const {
        return segments_[index / kSegmentNodes][index % kSegmentNodes];
    }

    std::size_t live() const { return live_; }

    // Above every node that was ever taken.
    NodeIndex end() const { return fresh_; }

    // Gives back every segment but the first. Nodes from `kept` on must be released already.
    void shrink_to(NodeIndex kept);
    std::size_t memory_bytes() const;

private:
    static constexpr std::size_t kSegmentNodes = 512;

    std::vector<std::unique_ptr<TrieNode[]>> segments_;
    NodeIndex fresh_ = 0;  // nodes from here on were never taken
    NodeIndex free_ = 0;   // released nodes, linked by `parent`; 0 ends the list
    std::size_t live_ = 0;
};

}  // namespace telex::match

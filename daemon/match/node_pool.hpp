#pragma once
// Numbered nodes of one kind, in segments that never move.
//
// Growing allocates one segment and copies nothing. The lowest segment with a free node gives the
// next one, and a segment without nodes is freed: many filters that come and go leave no memory
// behind, although others stay.
#include "base/allocated.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace telex::match {

using NodeIndex = std::uint32_t;

// A Node is empty when it is made. It has reset(), which makes it so again, and a place for a
// number while it is free: link(), set_link(), where 0 is that of an empty one. Owner: a TrieCore
// or LiteralFilters. One thread.
template <class Node>
class NodePool {
public:
    // Returns nodes 0, 1, ... in order while none was released.
    NodeIndex take() {
        const std::size_t segment = open_segment();
        if (!segments_[segment]) {
            segments_[segment] = std::make_unique<Node[]>(kSegmentNodes);
            ++with_memory_;
        }
        Use& use = uses_[segment];
        std::size_t place = use.fresh;
        if (use.free != 0) {
            place = use.free - 1U;
            Node& node = segments_[segment][place];
            use.free = static_cast<std::uint16_t>(node.link());
            node.set_link(0);
        } else {
            ++use.fresh;
        }
        ++live_;
        if (++use.live == kSegmentNodes) {
            open_word(segment) &= ~open_bit(segment);
        }
        return index_of(segment, place);
    }

    // The node must be taken.
    void release(NodeIndex index) {
        const std::size_t segment = index / kSegmentNodes;
        Use& use = uses_[segment];
        Node& node = (*this)[index];
        node.reset();
        node.set_link(use.free);
        use.free = static_cast<std::uint16_t>(index % kSegmentNodes + 1);
        open_word(segment) |= open_bit(segment);
        --live_;
        if (--use.live == 0) {
            free_segment(segment);
        }
    }

    // The node must be taken.
    Node& operator[](NodeIndex index) {
        return segments_[index / kSegmentNodes][index % kSegmentNodes];
    }

    const Node& operator[](NodeIndex index) const {
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

    std::size_t memory_bytes() const {
        return with_memory_ * allocated(kSegmentNodes * sizeof(Node)) +
               segments_.capacity() * sizeof(segments_[0]) + uses_.capacity() * sizeof(uses_[0]) +
               open_.capacity() * sizeof(open_[0]);
    }

private:
    static constexpr std::size_t kSegmentNodes = 512;
    static constexpr std::size_t kWordBits = 64;

    // A segment without nodes has no memory.
    struct Use {
        std::uint16_t live = 0;
        std::uint16_t fresh = 0;  // nodes from here on were never taken
        std::uint16_t free = 0;   // released nodes, by their links: place + 1; 0 ends the list
    };

    static NodeIndex index_of(std::size_t segment, std::size_t place) {
        return static_cast<NodeIndex>(segment * kSegmentNodes + place);
    }

    // The lowest segment with a free node.
    std::size_t open_segment() {
        for (std::size_t word = 0; word < open_.size(); ++word) {
            if (open_[word] != 0) {
                return word * kWordBits + static_cast<std::size_t>(std::countr_zero(open_[word]));
            }
        }
        const std::size_t segment = segments_.size();
        if (segment % kWordBits == 0) {
            open_.push_back(0);
        }
        uses_.emplace_back();
        segments_.emplace_back();
        open_word(segment) |= open_bit(segment);
        return segment;
    }

    void free_segment(std::size_t segment) {
        segments_[segment].reset();
        --with_memory_;
        uses_[segment] = {};
        while (!segments_.empty() && !segments_.back()) {
            segments_.pop_back();
            uses_.pop_back();
            open_word(segments_.size()) &= ~open_bit(segments_.size());
        }
        open_.resize((segments_.size() + kWordBits - 1) / kWordBits);
        if (segments_.size() <= segments_.capacity() / 4) {
            segments_.shrink_to_fit();
            uses_.shrink_to_fit();
            open_.shrink_to_fit();
        }
    }

    std::uint64_t& open_word(std::size_t segment) { return open_[segment / kWordBits]; }

    static std::uint64_t open_bit(std::size_t segment) {
        return std::uint64_t{1} << (segment % kWordBits);
    }

    std::vector<std::unique_ptr<Node[]>> segments_;
    std::vector<Use> uses_;            // apart from the pointers, which every match reads
    std::vector<std::uint64_t> open_;  // a bit for each segment: it has a free node
    std::size_t with_memory_ = 0;      // segments
    std::size_t live_ = 0;
};

}  // namespace telex::match

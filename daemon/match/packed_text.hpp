#include "match/trie_nodes.hpp"

#include <bit>

namespace telex::match {

void TokenText::assign(std::string_view text) {
    clear();
    if (text.size() <= kInPlace) {
        if (!text.empty()) {
            std::memcpy(bytes_, text.data(), text.size());
        }
    } else {
        char* pointer = new char[text.size()];
        std::memcpy(pointer, text.data(), text.size());
        std::memcpy(bytes_ + kPointerAt, &pointer, sizeof pointer);
    }
    length_ = static_cast<std::uint16_t>(text.size());
}

void TokenText::clear() {
    if (length_ > kInPlace) {
        delete[] heap();
    }
    length_ = 0;
}

std::size_t TrieNodes::open_segment() {
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

NodeIndex TrieNodes::take() {
    const std::size_t segment = open_segment();
    if (!segments_[segment]) {
        segments_[segment] = std::make_unique<TrieNode[]>(kSegmentNodes);
        ++with_memory_;
    }
    Use& use = uses_[segment];
    std::size_t place = use.fresh;
    if (use.free != 0) {
        place = use.free - 1U;
        use.free = static_cast<std::uint16_t>(segments_[segment][place].parent);
    } else {
        ++use.fresh;
    }
    ++live_;
    if (++use.live == kSegmentNodes) {
        open_word(segment) &= ~open_bit(segment);
    }
    return index_of(segment, place);
}

void TrieNodes::release(NodeIndex index) {
    const std::size_t segment = index / kSegmentNodes;
    Use& use = uses_[segment];
    TrieNode& node = (*this)[index];
    node.token.clear();
    node.value = 0;
    node.star = 0;
    node.tail = 0;
    node.literal_children = 0;
    node.is_filter = 0;
    node.parent = use.free;
    use.free = static_cast<std::uint16_t>(index % kSegmentNodes + 1);
    open_word(segment) |= open_bit(segment);
    --live_;
    if (--use.live == 0) {
        free_segment(segment);
    }
}

void TrieNodes::free_segment(std::size_t segment) {
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

std::size_t TrieNodes::memory_bytes() const {
    return with_memory_ * allocated(kSegmentNodes * sizeof(TrieNode)) +
           segments_.capacity() * sizeof(segments_[0]) + uses_.capacity() * sizeof(uses_[0]) +
           open_.capacity() * sizeof(open_[0]);
}

}  // namespace telex::match

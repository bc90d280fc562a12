#include "match/trie_nodes.hpp"

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

NodeIndex TrieNodes::take() {
    ++live_;
    if (free_ != 0) {
        const NodeIndex index = free_;
        free_ = (*this)[index].parent;
        return index;
    }
    if (fresh_ == segments_.size() * kSegmentNodes) {
        segments_.push_back(std::make_unique<TrieNode[]>(kSegmentNodes));
    }
    return fresh_++;
}

void TrieNodes::release(NodeIndex index) {
    TrieNode& node = (*this)[index];
    node.token.clear();
    node.value = 0;
    node.star = 0;
    node.tail = 0;
    node.literal_children = 0;
    node.is_filter = 0;
    node.parent = free_;
    free_ = index;
    --live_;
}

void TrieNodes::shrink_to(NodeIndex kept) {
    segments_.resize(1);
    segments_.shrink_to_fit();
    free_ = 0;
    fresh_ = kept;
}

std::size_t TrieNodes::memory_bytes() const {
    return segments_.size() * kSegmentNodes * sizeof(TrieNode) +
           segments_.capacity() * sizeof(segments_[0]);
}

}  // namespace telex::match

#include "storage/recent_blocks.hpp"

#include <algorithm>
#include <utility>

namespace telex::storage {

void RecentBlocks::add(store::BlockPtr block) {
    blocks_[oldest_] = std::move(block);
    oldest_ = (oldest_ + 1) % kKept;
}

const store::BlockPtr* RecentBlocks::held(Sequence sequence) const {
    const auto found = std::find_if(blocks_.begin(), blocks_.end(), [&](const auto& block) {
        return block != nullptr && block->base() <= sequence && sequence <= block->last();
    });
    return found == blocks_.end() ? nullptr : &*found;
}

store::Expected<store::BlockPtr> RecentBlocks::find(
    const store::Store& store, exchange::StreamNumber stream, Sequence sequence
) {
    if (const store::BlockPtr* const block = held(sequence)) {
        return *block;
    }
    auto block = store.block_from(stream, sequence);
    if (block && *block != nullptr) {
        add(*block);
    }
    return block;
}

}  // namespace telex::storage

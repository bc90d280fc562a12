#pragma once
// Makes blocks of records: splits them, lays them out in one buffer without a second copy, and
// compresses the records if that is wanted and makes them smaller.
#include "store/block.hpp"
#include "store/store_error.hpp"
#include "store/store_types.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace telex::store {

// One thread. May be kept for its scratch memory.
class BlockBuilder {
public:
    // Appends one block or several, in order, to `blocks`. The base of each is its first sequence.
    // The records must be in ascending order of sequence, and within the limits of store_types.hpp,
    // otherwise the error is `invalid` and `blocks` is unchanged.
    [[nodiscard]] Expected<void> add_blocks(
        StreamId stream,
        std::span<const Record> records,
        Compression compression,
        std::vector<BlockPtr>& blocks
    );
    // One block in the place of another one, of which these records remain. All of them must fit
    // into one block, and `base` is at most the first sequence.
    [[nodiscard]] Expected<BlockPtr> replace_block(
        StreamId stream, Sequence base, std::span<const Record> records, Compression compression
    );

private:
    // Requires valid records that fit into one block.
    BlockPtr build(
        StreamId stream, Sequence base, std::span<const Record> records, Compression compression
    );
    void make_digest(std::span<const Record> records, layout::Head& head);

    std::vector<std::uint32_t> digest_;
};

}  // namespace telex::store

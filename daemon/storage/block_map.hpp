#pragma once
// Where the blocks of a stream begin, and which of their records are removed: two bits for each
// sequence, as the last commit has them.
//
// The store has a bitmap for each block with removed records: bit i, from the lowest of the first
// byte on, stands for the sequence base + i. Zero bytes at the end are left out. A block whose
// records are all removed is deleted, once no message id has to be remembered from it.
#include "base/bytes.hpp"
#include "streams/sequence.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace telex::storage {

using streams::Sequence;

// Thread-safe. One thread changes it at a time: that which restores, later the committer's.
class BlockMap {
public:
    // Requires that the block begins behind all others. Sequences between it and the one before
    // count as removed.
    void add_block(Sequence base, Sequence last);
    // Marks a record as removed. Returns the base of its block; kNoSequence if there is no such
    // block, or the record was removed before.
    Sequence remove(Sequence sequence);
    // Marks the records of a stored bitmap. Returns false if it does not fit its block.
    [[nodiscard]] bool load(Sequence base, ByteView bitmap);
    bool is_removed(Sequence sequence) const;

    // The bitmap of the block with this base.
    std::string bitmap(Sequence base) const;

    // Returns the bases of the blocks that have only removed records and end before both sequences,
    // and notes that they are deleted.
    std::vector<Sequence> take_dead(Sequence before, Sequence floor);

    // Whether take_dead() would return some.
    bool has_dead(Sequence before, Sequence floor) const;

    // Forgets the blocks that end before the sequence.
    void forget_before(Sequence sequence);
    void clear();

    std::size_t memory_bytes() const;

private:
    static constexpr std::size_t kChunk = 256;
    static constexpr std::size_t kWords = kChunk / 64;

    struct Chunk {
        std::array<std::uint64_t, kWords> starts{};
        std::array<std::uint64_t, kWords> removed{};
    };

    static std::uint64_t bit_of(Sequence sequence) { return std::uint64_t{1} << (sequence % 64); }

    static std::size_t word_of(Sequence sequence) { return sequence % kChunk / 64; }

    bool covers(Sequence sequence) const {
        return sequence >= begin_ && sequence <= last_ && !chunks_.empty();
    }

    const Chunk& chunk_of(Sequence sequence) const {
        return chunks_[sequence / kChunk - begin_ / kChunk];
    }

    Chunk& chunk_of(Sequence sequence) { return chunks_[sequence / kChunk - begin_ / kChunk]; }

    bool starts(Sequence sequence) const {
        return (chunk_of(sequence).starts[word_of(sequence)] & bit_of(sequence)) != 0;
    }

    bool removed(Sequence sequence) const {
        return (chunk_of(sequence).removed[word_of(sequence)] & bit_of(sequence)) != 0;
    }

    void mark_removed(Sequence sequence) {
        chunk_of(sequence).removed[word_of(sequence)] |= bit_of(sequence);
    }

    void extend_to(Sequence sequence);
    Sequence base_of(Sequence sequence) const;
    Sequence end_of(Sequence sequence) const;
    void note_if_dead(Sequence base);

    mutable std::mutex mutex_;
    std::deque<Chunk> chunks_;  // from that of begin_ on
    Sequence begin_ = 0;        // the first sequence of the first chunk
    Sequence last_ = 0;         // of the last block
    std::vector<Sequence> dead_;
};

}  // namespace telex::storage

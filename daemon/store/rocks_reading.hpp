#pragma once
// Reading a store of RocksDB: blocks and sealed values, with all checks. Iterators of RocksDB end
// early at damage and say so only in their status, so no other code uses them.
#include "store/rocks_database.hpp"
#include "store/store.hpp"

#include <rocksdb/iterator.h>

#include <functional>
#include <optional>
#include <vector>

namespace telex::store {

// Thread-safe.
class RocksReading {
public:
    explicit RocksReading(const RocksDatabase& database) : database_(database) {}

    [[nodiscard]] Expected<BlockPtr> block_from(StreamId stream, Sequence sequence) const;
    [[nodiscard]] Expected<BlockPtr> block_before(StreamId stream, Sequence sequence) const;

    // Appends blocks in order, up to this number of stored bytes and at least one, if there is one.
    // `at_edge`: no block has records on both sides of the sequence. An error comes only without
    // blocks: those before it are returned first.
    [[nodiscard]] Expected<std::vector<BlockPtr>> blocks_from(
        StreamId stream, Sequence sequence, bool at_edge, std::size_t bytes
    ) const;

    [[nodiscard]] Expected<std::vector<StreamMeta>> streams() const;
    [[nodiscard]] Expected<std::vector<Cursor>> cursors(StreamId stream) const;
    [[nodiscard]] Expected<std::vector<Holes>> holes(StreamId stream) const;

    // The base of the block that has the sequence; `sequence` if none has. A damaged block below
    // the sequence counts as one that has it.
    [[nodiscard]] Expected<Sequence> base_from(StreamId stream, Sequence sequence) const;

    // All streams that have metadata or blocks, as far as they can be read.
    std::vector<StreamId> all_streams() const;

    // Calls `visit` with each intact value of a family, `damage` with each other one. `stream`:
    // only of this one.
    void visit_sealed(
        Family family,
        std::optional<StreamId> stream,
        const std::function<void(ByteView key, ByteView bytes)>& visit,
        const std::function<void(StoreError)>& damage
    ) const;

private:
    // All values of a family, or the first damage. read(key, bytes) returns a value, or nothing if
    // they have a wrong form. `stream`: only of this one.
    template <class Value, class Read>
    [[nodiscard]] Expected<std::vector<Value>> list(
        Family family, std::optional<StreamId> stream, const Read& read
    ) const;
    // The error of an iterator that ended early at this sequence.
    StoreError unreadable(StreamId stream, Sequence sequence, const rocksdb::Status& why) const;
    // The base of the first block above the sequence that can be read; the largest number if there
    // is none.
    Sequence first_readable(StreamId stream, Sequence sequence) const;
    // The next block of the stream above the base; the largest number if there is none.
    Sequence base_after(StreamId stream, Sequence base) const;
    [[nodiscard]] Expected<BlockPtr> parse(StreamId stream, const rocksdb::Iterator& at) const;
    // Moves the iterator to the block that has the sequence, or to the next one after it.
    [[nodiscard]] Expected<BlockPtr> find(
        StreamId stream, Sequence sequence, rocksdb::Iterator& blocks
    ) const;

    const RocksDatabase& database_;
};

}  // namespace telex::store

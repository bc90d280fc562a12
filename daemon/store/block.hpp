#pragma once
// A block: up to 256 records of one stream in one value, with its own index and checksums. It is
// the unit of writing, reading and caching.
//
// A block is immutable and shared: the writer makes it, the store writes its bytes, and readers at
// the same place use the same object. Its records are views of its bytes. Every byte is covered by
// a checksum, which is checked once when stored bytes become a block. docs/store-format.md has the
// layout.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "store/block_layout.hpp"
#include "store/store_types.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace telex::store {

class Block;
using BlockPtr = std::shared_ptr<const Block>;

// The records of a block that cannot be read. If its head is damaged, all from its base on, and the
// last one is unknown (zero).
struct BlockDamage {
    Sequence first = 0;
    Sequence last = 0;
    std::string text;
};

// Thread-safe, because immutable.
class Block {
public:
    static constexpr std::size_t kMaxRecords = 256;
    // Of the records before compression, unless the block has a single record.
    static constexpr std::size_t kMaxBytes = std::size_t{64} * 1024;

    // Checks all checksums. `stream` and `base`: of the key under which the bytes were stored.
    [[nodiscard]] static Result<BlockPtr, BlockDamage> parse(
        StreamId stream, Sequence base, std::string stored
    );

    StreamId stream() const { return stream_; }

    // The block's place in the stream. Its first record may have a larger sequence, if records were
    // deleted and the block was written again.
    Sequence base() const { return head_.base; }

    // Of the first and last record.
    Sequence first() const { return record(0).sequence; }

    Sequence last() const { return head_.last; }

    std::int64_t first_time() const { return head_.first_time; }

    std::int64_t last_time() const { return head_.last_time; }

    // Records; at least one.
    std::size_t size() const { return head_.count; }

    // The views are valid as long as the block. Requires index < size().
    Record record(std::size_t index) const;
    // The index of the first record whose sequence is at least this one; size() if there is none.
    std::size_t find(Sequence sequence) const;
    // Returns false only if no record has this subject. `hash`: by subject_hash().
    bool may_have(std::uint32_t hash) const;

    bool is_compressed() const { return (head_.flags & layout::kCompressed) != 0; }

    // The bytes that are stored.
    ByteView stored() const { return stored_; }

    // Bytes of all records before compression.
    std::size_t record_bytes() const { return head_.record_bytes; }

    // Heap bytes, for budgets of memory.
    std::size_t memory_bytes() const;

private:
    friend class BlockBuilder;

    Block() = default;

    // Each returns an empty text if the part is intact.
    std::string check_head();
    std::string unpack_records();
    std::string check_record(std::size_t index, Sequence& previous) const;

    ByteView record_part() const;
    ByteView encoded_record(std::size_t index) const;

    StreamId stream_ = 0;
    layout::Head head_;
    std::string stored_;
    std::string unpacked_;  // the records, if they are stored compressed
};

// The hash of a subject in the digest of a block: 32 bits, part of the format.
std::uint32_t subject_hash(std::string_view subject);

}  // namespace telex::store

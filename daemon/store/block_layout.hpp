#pragma once
// The layout of a block's bytes (docs/store-format.md): the fixed head, and the checksums. The
// layout is a promise: a released version never changes, a new one gets a new number.
//
//   head | digest: u32 x digest_count | ends of the records: u32 x count | records
//
// All numbers are little-endian.
#include "base/bytes.hpp"
#include "store/store_types.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::store::layout {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeadBytes = 56;
constexpr std::size_t kMaxDigest = 64;

// Flags of a block.
constexpr std::uint8_t kCompressed = 1;    // the records are one zstd frame
constexpr std::uint8_t kManySubjects = 2;  // more than kMaxDigest: the digest is empty
constexpr std::uint8_t kKnownFlags = kCompressed | kManySubjects;

struct Head {
    std::uint8_t version = kVersion;
    std::uint8_t flags = 0;
    std::uint16_t count = 0;
    std::uint8_t digest_count = 0;
    std::uint32_t packed_check = 0;  // 24 bits, of compressed records; 0 if they are not
    std::uint32_t record_bytes = 0;  // before compression
    std::uint32_t stored_bytes = 0;  // of the records, as stored
    Sequence base = 0;
    Sequence last = 0;
    std::int64_t first_time = 0;
    std::int64_t last_time = 0;

    // Bytes before the records.
    std::size_t index_bytes() const {
        return kHeadBytes + std::size_t{4} * (std::size_t{digest_count} + count);
    }
};

// Writes the head with a checksum over the rest of it, the digest and the ends, which must be in
// place behind it: `index` has head.index_bytes() bytes.
void write_head(const Head& head, StreamId stream, char* index);
// Requires kHeadBytes bytes. Checks nothing.
Head read_head(ByteView bytes);
// Whether the checksum of the first `head.index_bytes()` bytes is right.
bool index_is_intact(const Head& head, StreamId stream, ByteView bytes);

// 24 bits over compressed records, which have bits that do not change what they unpack to.
std::uint32_t packed_check(ByteView packed);

// A record: checksum u32 | varint sequence - base | zigzag varint time - first_time | flags u8 |
// varint length, subject | varint length, message id | body to the end.
std::size_t encoded_size(const Record& record, Sequence base, std::int64_t first_time);
// Returns the byte behind the record.
char* encode(const Record& record, Sequence base, std::int64_t first_time, char* out);
// Returns false if the bytes are not a record. Does not check the checksum.
bool decode(ByteView bytes, Sequence base, std::int64_t first_time, Record& record);
// The checksum covers all bytes behind it and the sequence of the record.
bool record_is_intact(ByteView bytes, Sequence sequence);

}  // namespace telex::store::layout

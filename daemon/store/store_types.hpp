#pragma once
// The words of the store: numbers of streams and records, and a record as bytes. The store does not
// know the meaning of a subject, a flag or a body.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::store {

using StreamId = std::uint32_t;    // never reused, also not after the stream was removed
using ConsumerId = std::uint32_t;  // unique within its stream
using Sequence = std::uint64_t;    // of a record within its stream; the first one is 1

// The views are borrowed: of the caller in a record that is written, of the block in one that was
// read.
struct Record {
    Sequence sequence = 0;
    std::int64_t time = 0;   // nanoseconds since 1970 UTC
    std::uint8_t flags = 0;  // of the writer
    std::string_view subject;
    std::string_view message_id;
    std::string_view body;

    bool operator==(const Record&) const = default;
};

// Limits of a record, in bytes. They bound the memory that a damaged length can ask for.
constexpr std::size_t kMaxSubject = std::size_t{64} * 1024 - 1;
constexpr std::size_t kMaxMessageId = std::size_t{64} * 1024 - 1;
constexpr std::size_t kMaxBody = std::size_t{64} * 1024 * 1024;

enum class Compression : std::uint8_t { none, zstd };

// `synced`: on the disk when the commit returns. `buffered`: survives the end of the process, not a
// power loss, until the next synced commit returns.
enum class Durability : std::uint8_t { buffered, synced };

// `full`: commits that add records are refused until there is room again; everything else works.
// `failed`: the outcome of a write is unknown; only reads work until the store is opened again.
enum class StoreState : std::uint8_t { ok, full, failed };

}  // namespace telex::store

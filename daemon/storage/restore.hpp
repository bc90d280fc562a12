#pragma once
// Builds the state of a stream from its stored records.
#include "storage/stored_stream.hpp"
#include "storage/stream_fault.hpp"
#include "store/store.hpp"
#include "streams/message_ids.hpp"
#include "streams/removals.hpp"
#include "streams/stream_state.hpp"

#include <cstddef>
#include <functional>

namespace telex::storage {

// A bit of store::Record::flags: the body has a time to live. Part of the format.
inline constexpr std::uint8_t kHasTtl = 1;

// The time to live of a message, not longer than any clock shows.
streams::Duration ttl_of(std::uint64_t milliseconds);

struct RestoreInput {
    const store::Store& store;
    const streams::IdHasher& hasher;
    Sequence first = 1;  // from the metadata: records below are removed
    Sequence last = 0;   // at least this one is the last sequence
    std::function<void(std::size_t bytes)> on_block;  // may be empty
};

// Fills a new state and the map of blocks. Removes what exceeds the limits. An error names the
// damage.
[[nodiscard]] StreamResult<void> restore_records(
    const RestoreInput& input,
    StoredStream& stream,
    streams::StreamState& state,
    streams::Removals& removals
);

}  // namespace telex::storage

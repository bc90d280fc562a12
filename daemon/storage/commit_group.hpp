#pragma once
// All that one commit writes, and what waits for it. The storage thread fills a group while the one
// before it is committed: then it does not change any longer.
#include "storage/byte_arena.hpp"
#include "storage/stored_stream.hpp"
#include "store/store.hpp"
#include "telex/v1/error.pb.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace telex::storage {

// The changes of one stream.
struct StreamPart {
    StoredStreamPtr stream;
    store::Compression compression = store::Compression::none;
    bool needs_sync = true;              // its records: `sync: always`
    std::vector<store::Record> records;  // views of the group's bytes
    std::vector<Sequence> holes;         // removed records
    std::string metadata;                // empty: did not change
    Sequence first = 0;                  // of the stream after the commit
    Sequence last = 0;
    Sequence id_floor = std::numeric_limits<Sequence>::max();  // lowest with a remembered id
    Sequence release_before = 0;  // blocks that may be deleted; 0: none
    bool removed = false;         // delete all of the stream, after the commit
};

// The batches of a shard up to this one are answered by the commit.
struct BatchAnswer {
    std::uint16_t shard = 0;
    std::uint64_t batch = 0;
};

// The outcome of a commit: unspecified, STORAGE_FULL (nothing was written) or STORAGE_FAILED.
struct CommitOutcome {
    v1::ErrorCode code = v1::ERROR_CODE_UNSPECIFIED;
    std::string text;

    bool ok() const { return code == v1::ERROR_CODE_UNSPECIFIED; }
};

struct CommitGroup {
    ByteArena bytes;
    std::vector<StreamPart> parts;
    std::vector<BatchAnswer> answers;  // one for a shard
    // Run on the storage thread after the commit.
    std::vector<std::function<void(const CommitOutcome&)>> waiters;
    // Consumers.
    std::vector<store::Cursor> cursors;
    std::vector<store::CursorKey> removed_cursors;
    // Made by the committer: all blocks of the group.
    std::vector<store::BlockPtr> blocks;
    std::string store_metadata;  // of kStoreNumber; empty: did not change
    bool needs_sync = false;     // although no record asks for it
    bool forced = false;         // commit also if there is nothing to write

    void note_answer(std::uint16_t shard, std::uint64_t batch);
    // Whether there is something for the store.
    bool writes() const;
    bool has_records() const;
    // Whether its commit must be on the disk before it is answered.
    bool wants_sync() const;

    bool is_empty() const { return !writes() && answers.empty() && waiters.empty(); }

    // The part of the stream; null if it has none.
    const StreamPart* part_of(exchange::StreamNumber stream) const;
    void clear();
};

}  // namespace telex::storage

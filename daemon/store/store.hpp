#pragma once
// The store: durable bytes below streams. It keeps the blocks of streams, the metadata of each
// stream, cursors of consumers, and holes (bitmaps of deleted records in a block). It knows streams
// as numbers and all else as bytes; what they mean is decided above it.
//
// One thread at a time, the storage thread, calls the functions that write. Functions that read may
// be called by any thread at any time. Every byte that is returned was checked; damage is an error
// that names the stream and the sequences, never a shorter stream.
//
// Implementations: MemoryStore, and RocksStore on a disk.
#include "store/block.hpp"
#include "store/store_error.hpp"
#include "store/store_types.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::store {

// Opaque bytes of a stream: its configuration and counters. The name is for people and reports.
struct StreamMeta {
    StreamId stream = 0;
    std::string name;
    std::string bytes;
};

// Opaque bytes of a consumer.
struct Cursor {
    StreamId stream = 0;
    ConsumerId consumer = 0;
    std::string bytes;
};

// The deleted records of the block with this base: opaque bytes, a bitmap for the caller.
struct Holes {
    StreamId stream = 0;
    Sequence base = 0;
    std::string bitmap;
};

struct BlockKey {
    StreamId stream = 0;
    Sequence base = 0;
};

struct CursorKey {
    StreamId stream = 0;
    ConsumerId consumer = 0;
};

// All of it is written, or nothing. Removals come first, so that a commit may replace what it
// removes. A block, a cursor or holes under a key that exists are replaced. To remove a block does
// not remove its holes.
struct Commit {
    std::vector<BlockKey> removed_blocks;
    std::vector<BlockKey> removed_holes;
    std::vector<CursorKey> removed_cursors;
    std::vector<BlockPtr> blocks;
    std::vector<StreamMeta> streams;
    std::vector<Cursor> cursors;
    std::vector<Holes> holes;

    bool is_empty() const;
    void clear();
};

// One commit, for statistics; called on the storage thread after each commit, also a failed one.
struct CommitReport {
    Durability durability = Durability::synced;
    bool ok = true;
    std::uint32_t blocks = 0;
    std::uint64_t records = 0;
    std::uint64_t record_bytes = 0;        // before compression
    std::uint64_t written_bytes = 0;       // handed to the engine, once
    std::chrono::nanoseconds total{};      // the whole commit
    std::chrono::nanoseconds sync_time{};  // of it, waiting for the disk
};

using CommitHook = std::function<void(const CommitReport&)>;

struct StoreFigures {
    std::uint64_t disk_bytes = 0;    // of all files of the store; of blocks, for a store in memory
    std::uint64_t memory_bytes = 0;  // caches and write buffers
    std::uint64_t free_bytes = 0;    // of the file system; the largest number if there is no limit
    std::uint64_t commits = 0;       // since the store was opened
    std::uint64_t holds = 0;         // writes that waited for room on the disk
};

// Progress of verify().
struct VerifyProgress {
    std::uint64_t blocks = 0;
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    std::uint64_t damages = 0;
    StreamId stream = 0;  // that is being read
};

struct VerifyHooks {
    std::function<void(const VerifyProgress&)> progress;  // after each block; may be empty
    std::function<void(const StoreError&)> damage;        // for each damage, in order of keys
    const std::atomic<bool>* stop = nullptr;              // set it to end with `stopped`
};

// Reads the blocks of one stream in order. Holds up to a quarter of a MiB that was read ahead, but
// no file, iterator or snapshot between two calls, so it may rest for any time. One thread; must
// not outlive its store.
class BlockReader {
public:
    BlockReader() = default;
    BlockReader(const BlockReader&) = delete;
    BlockReader& operator=(const BlockReader&) = delete;
    virtual ~BlockReader() = default;

    // Continues at the block that has this sequence, or at the next one after it.
    virtual void seek(Sequence sequence) = 0;
    // Returns the next block; null at the end of the stream: a later call returns blocks that were
    // committed meanwhile. After an error the same call fails again; seek() behind the damage goes
    // on. A block that was read ahead may have been released or replaced since.
    [[nodiscard]] virtual Expected<BlockPtr> next() = 0;
};

class Store {
public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    // Makes buffered commits durable, unless the store is failed.
    virtual ~Store() = default;

    // --- Writing: the storage thread ---

    // Writes all of the commit as one unit. Errors: `full`, `invalid`: nothing was written.
    // `failed`: the outcome is unknown, and the store stays failed until it is opened again.
    // An empty synced commit makes the buffered commits before it durable.
    [[nodiscard]] virtual Expected<void> commit(const Commit& commit, Durability durability) = 0;
    // Gives back the space of all blocks that end before the sequence, and of their holes. The
    // caller has committed that it reads nothing below the sequence: after a power loss, blocks
    // below it may be there again.
    [[nodiscard]] virtual Expected<void> release_before(StreamId stream, Sequence sequence) = 0;
    // Removes metadata, cursors, holes and blocks of the stream as one unit, durably.
    [[nodiscard]] virtual Expected<void> remove_stream(StreamId stream) = 0;
    // Writes a complete copy of the store to a folder that must not exist; its parent must. A store
    // in memory returns `invalid`.
    [[nodiscard]] virtual Expected<void> checkpoint(const std::string& folder) = 0;

    // Any thread. A write that waits for room on the disk fails, now and later, and the store with
    // it. For the end of the process, before the store is destroyed.
    virtual void give_up() = 0;

    // --- Reading: any thread ---

    // The block that has the sequence, or the next one after it; null if there is none.
    [[nodiscard]] virtual Expected<BlockPtr> block_from(StreamId stream, Sequence sequence)
        const = 0;
    // The block that has the sequence, or the one before it; null if there is none.
    [[nodiscard]] virtual Expected<BlockPtr> block_before(StreamId stream, Sequence sequence)
        const = 0;
    // Starts at sequence 1.
    virtual std::unique_ptr<BlockReader> reader(StreamId stream) const = 0;

    // In order of their keys.
    [[nodiscard]] virtual Expected<std::vector<StreamMeta>> streams() const = 0;
    [[nodiscard]] virtual Expected<std::vector<Cursor>> cursors(StreamId stream) const = 0;
    [[nodiscard]] virtual Expected<std::vector<Holes>> holes(StreamId stream) const = 0;

    // Reads everything that is stored and reports each damage to the hook. Damage is not an error
    // of this function; `stopped` is.
    [[nodiscard]] virtual Expected<VerifyProgress> verify(const VerifyHooks& hooks) const = 0;

    virtual StoreState state() const = 0;
    // Why the state is not ok; empty if it is.
    virtual std::string state_reason() const = 0;
    // May read the names and sizes of all files: call it seldom.
    virtual StoreFigures figures() const = 0;
};

}  // namespace telex::store

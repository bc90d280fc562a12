#include "store/memory_store.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace telex::store {

namespace {

// All entries of one stream in a map whose keys begin with it.
template <class Map>
auto entries_of(Map& map, StreamId stream) {
    return std::pair(
        map.lower_bound({stream, 0}),
        map.upper_bound({stream, std::numeric_limits<std::uint64_t>::max()})
    );
}

class MemoryReader final : public BlockReader {
public:
    MemoryReader(const Store& store, StreamId stream) : store_(store), stream_(stream) {}

    void seek(Sequence sequence) override { next_ = sequence; }

    [[nodiscard]] Expected<BlockPtr> next() override {
        Expected<BlockPtr> block = store_.block_from(stream_, next_);
        if (block && *block) {
            next_ = (*block)->last() + 1;
        }
        return block;
    }

private:
    const Store& store_;
    StreamId stream_;
    Sequence next_ = 1;
};

}  // namespace

MemoryStore::MemoryStore(CommitHook on_commit) : on_commit_(std::move(on_commit)) {}

Expected<void> MemoryStore::commit(const Commit& commit, Durability durability) {
    CommitReport report{.durability = durability};
    {
        const std::lock_guard lock(mutex_);
        apply(commit);
        ++commits_;
    }
    for (const BlockPtr& block : commit.blocks) {
        ++report.blocks;
        report.records += block->size();
        report.record_bytes += block->record_bytes();
        report.written_bytes += block->stored().size();
    }
    if (on_commit_) {
        on_commit_(report);
    }
    return {};
}

void MemoryStore::apply(const Commit& commit) {
    for (const BlockKey& key : commit.removed_blocks) {
        remove_block({key.stream, key.base});
    }
    for (const BlockKey& key : commit.removed_holes) {
        holes_.erase({key.stream, key.base});
    }
    for (const CursorKey& key : commit.removed_cursors) {
        cursors_.erase({key.stream, key.consumer});
    }
    for (const BlockPtr& block : commit.blocks) {
        remove_block({block->stream(), block->base()});
        blocks_[{block->stream(), block->base()}] = block;
        block_bytes_ += block->memory_bytes();
    }
    for (const StreamMeta& meta : commit.streams) {
        streams_[meta.stream] = meta;
    }
    for (const Cursor& cursor : commit.cursors) {
        cursors_[{cursor.stream, cursor.consumer}] = cursor.bytes;
    }
    for (const Holes& holes : commit.holes) {
        holes_[{holes.stream, holes.base}] = holes.bitmap;
    }
}

void MemoryStore::remove_block(Key key) {
    const auto found = blocks_.find(key);
    if (found != blocks_.end()) {
        block_bytes_ -= found->second->memory_bytes();
        blocks_.erase(found);
    }
}

Expected<void> MemoryStore::release_before(StreamId stream, Sequence sequence) {
    const std::lock_guard lock(mutex_);
    auto [block, end] = entries_of(blocks_, stream);
    while (block != end && block->second->last() < sequence) {
        const Key key = block->first;
        ++block;
        remove_block(key);
    }
    const std::uint64_t kept = block == end ? sequence : std::min(block->first.second, sequence);
    holes_.erase(holes_.lower_bound({stream, 0}), holes_.lower_bound({stream, kept}));
    return {};
}

Expected<void> MemoryStore::remove_stream(StreamId stream) {
    const std::lock_guard lock(mutex_);
    auto [block, end] = entries_of(blocks_, stream);
    while (block != end) {
        const Key key = block->first;
        ++block;
        remove_block(key);
    }
    const auto [cursor, last_cursor] = entries_of(cursors_, stream);
    cursors_.erase(cursor, last_cursor);
    const auto [hole, last_hole] = entries_of(holes_, stream);
    holes_.erase(hole, last_hole);
    streams_.erase(stream);
    return {};
}

Expected<void> MemoryStore::checkpoint(const std::string& folder) {
    return store_error(
        StoreFault::invalid, "a store in memory cannot be copied to the folder " + folder
    );
}

Expected<BlockPtr> MemoryStore::block_from(StreamId stream, Sequence sequence) const {
    const std::lock_guard lock(mutex_);
    const auto [begin, end] = entries_of(blocks_, stream);
    auto block = blocks_.upper_bound({stream, sequence});
    if (block != begin && std::prev(block)->second->last() >= sequence) {
        --block;
    }
    return block == end ? nullptr : block->second;
}

Expected<BlockPtr> MemoryStore::block_before(StreamId stream, Sequence sequence) const {
    const std::lock_guard lock(mutex_);
    const auto begin = entries_of(blocks_, stream).first;
    const auto block = blocks_.upper_bound({stream, sequence});
    return block == begin ? nullptr : std::prev(block)->second;
}

std::unique_ptr<BlockReader> MemoryStore::reader(StreamId stream) const {
    return std::make_unique<MemoryReader>(*this, stream);
}

Expected<std::vector<StreamMeta>> MemoryStore::streams() const {
    const std::lock_guard lock(mutex_);
    std::vector<StreamMeta> all;
    all.reserve(streams_.size());
    for (const auto& [stream, meta] : streams_) {
        all.push_back(meta);
    }
    return all;
}

Expected<std::vector<Cursor>> MemoryStore::cursors(StreamId stream) const {
    const std::lock_guard lock(mutex_);
    std::vector<Cursor> all;
    for (auto [cursor, end] = entries_of(cursors_, stream); cursor != end; ++cursor) {
        all.push_back({stream, static_cast<ConsumerId>(cursor->first.second), cursor->second});
    }
    return all;
}

Expected<std::vector<Holes>> MemoryStore::holes(StreamId stream) const {
    const std::lock_guard lock(mutex_);
    std::vector<Holes> all;
    for (auto [holes, end] = entries_of(holes_, stream); holes != end; ++holes) {
        all.push_back({stream, holes->first.second, holes->second});
    }
    return all;
}

Expected<VerifyProgress> MemoryStore::verify(const VerifyHooks& hooks) const {
    const std::lock_guard lock(mutex_);
    VerifyProgress progress;
    for (const auto& [key, block] : blocks_) {
        if (hooks.stop != nullptr && hooks.stop->load(std::memory_order_relaxed)) {
            return store_error(StoreFault::stopped, "the verification was stopped");
        }
        ++progress.blocks;
        progress.records += block->size();
        progress.bytes += block->stored().size();
        progress.stream = key.first;
        if (hooks.progress) {
            hooks.progress(progress);
        }
    }
    return progress;
}

StoreFigures MemoryStore::figures() const {
    const std::lock_guard lock(mutex_);
    return {
        .disk_bytes = block_bytes_,
        .memory_bytes = block_bytes_,
        .free_bytes = std::numeric_limits<std::uint64_t>::max(),
        .commits = commits_,
    };
}

}  // namespace telex::store

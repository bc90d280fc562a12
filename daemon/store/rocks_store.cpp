#include "store/rocks_keys.hpp"
#include "store/rocks_store_impl.hpp"
#include "store/rocks_verify.hpp"

#include <fmt/format.h>
#include <rocksdb/convenience.h>
#include <rocksdb/utilities/checkpoint.h>

#include <deque>
#include <filesystem>
#include <limits>
#include <system_error>

namespace telex::store {

namespace {

constexpr std::size_t kKeptBatchBytes = std::size_t{8} * 1024 * 1024;
constexpr std::size_t kReadAheadBytes = std::size_t{256} * 1024;
constexpr std::size_t kMaxName = std::size_t{64} * 1024 - 1;

rocksdb::Slice slice_of(ByteView bytes) {
    return {bytes.data(), bytes.size()};
}

class RocksReader final : public BlockReader {
public:
    RocksReader(const RocksReading& reading, StreamId stream)
        : reading_(reading), stream_(stream) {}

    void seek(Sequence sequence) override {
        next_ = sequence;
        at_edge_ = false;
        ahead_.clear();
    }

    [[nodiscard]] Expected<BlockPtr> next() override {
        if (ahead_.empty()) {
            auto blocks = reading_.blocks_from(stream_, next_, at_edge_, kReadAheadBytes);
            if (!blocks) {
                return unexpected(std::move(blocks.error()));
            }
            ahead_.assign(blocks->begin(), blocks->end());
        }
        if (ahead_.empty()) {
            return nullptr;
        }
        BlockPtr block = std::move(ahead_.front());
        ahead_.pop_front();
        next_ = block->last() + 1;
        at_edge_ = true;
        return block;
    }

private:
    const RocksReading& reading_;
    StreamId stream_;
    Sequence next_ = 1;
    bool at_edge_ = false;
    std::deque<BlockPtr> ahead_;
};

std::uint64_t bytes_of_folder(const std::string& path) {
    std::uint64_t bytes = 0;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator entry(path, error), end; entry != end;
         entry.increment(error)) {
        if (error) {
            break;
        }
        // A file may have been deleted meanwhile.
        const std::uintmax_t size = entry->is_regular_file(error) ? entry->file_size(error) : 0;
        bytes += error ? 0 : size;
        error.clear();
    }
    return bytes;
}

CommitReport report_of(const Commit& commit, Durability durability) {
    CommitReport report{.durability = durability};
    for (const BlockPtr& block : commit.blocks) {
        ++report.blocks;
        report.records += block->size();
        report.record_bytes += block->record_bytes();
    }
    return report;
}

}  // namespace

RocksStore::RocksStore(RocksSettings settings, RocksParts parts)
    : settings_(std::move(settings)), parts_(std::move(parts)), reading_(*parts_.database) {}

RocksStore::~RocksStore() {
    // From here on a full disk is an error: an end that waits for room would never come.
    parts_.guard->stop();
    if (state() != StoreState::failed) {
        CommitReport report;
        // An error here means that buffered commits may be lost, which their writer accepted.
        (void)write(Durability::synced, report);
        // As above: an older mark is a weaker check at the next start.
        (void)parts_.mark->sync();
    }
    parts_.database.reset();
}

void RocksStore::give_up() {
    parts_.guard->stop();
}

unexpected<StoreError> RocksStore::fail(std::string reason) {
    const std::lock_guard lock(reason_mutex_);
    if (reason_.empty()) {
        reason_ = std::move(reason);
    }
    failed_.store(true, std::memory_order_release);
    return store_error(
        StoreFault::failed,
        fmt::format("{}: the store takes no writes until it is opened again", reason_)
    );
}

Expected<void> RocksStore::admit(bool adds) {
    if (state() == StoreState::failed) {
        return fail(parts_.guard->failure());
    }
    parts_.space->update(settings_.clock());
    const bool has_room = adds ? !parts_.space->is_full() : parts_.space->has_room_for_small();
    if (!has_room) {
        return store_error(
            StoreFault::full,
            fmt::format(
                "{}: {} bytes are free, the reserve is {}: make room on the disk",
                settings_.folder,
                parts_.space->free_bytes(),
                settings_.reserve_bytes
            )
        );
    }
    return {};
}

void RocksStore::delete_range(Family family, const std::string& begin, const std::string& end) {
    // The batch is in memory, it cannot fail.
    batch_.DeleteRange(parts_.database->family(family), begin, end).PermitUncheckedError();
}

void RocksStore::fill_batch(const Commit& commit) {
    const auto remove = [&](Family family, const std::string& key) {
        batch_.Delete(parts_.database->family(family), key).PermitUncheckedError();
    };
    const auto put = [&](Family family, const std::string& key, ByteView value) {
        batch_.Put(parts_.database->family(family), key, slice_of(value)).PermitUncheckedError();
    };
    for (const BlockKey& key : commit.removed_blocks) {
        remove(Family::data, keys::of(key.stream, key.base));
    }
    for (const BlockKey& key : commit.removed_holes) {
        remove(Family::holes, keys::of(key.stream, key.base));
    }
    for (const CursorKey& key : commit.removed_cursors) {
        remove(Family::cursor, keys::of(key.stream, key.consumer));
    }
    for (const BlockPtr& block : commit.blocks) {
        put(Family::data, keys::of(block->stream(), block->base()), block->stored());
    }
    for (const StreamMeta& meta : commit.streams) {
        const std::string key = keys::of(meta.stream);
        put(Family::meta, key, keys::seal(key, keys::pack_meta(meta.name, meta.bytes)));
    }
    for (const Cursor& cursor : commit.cursors) {
        const std::string key = keys::of(cursor.stream, cursor.consumer);
        put(Family::cursor, key, keys::seal(key, cursor.bytes));
    }
    for (const Holes& holes : commit.holes) {
        const std::string key = keys::of(holes.stream, holes.base);
        put(Family::holes, key, keys::seal(key, holes.bitmap));
    }
}

Expected<void> RocksStore::write(Durability durability, CommitReport& report) {
    rocksdb::WriteOptions options;
    options.sync = durability == Durability::synced;
    report.written_bytes = batch_.GetDataSize();
    (void)take_sync_time();  // of earlier calls
    const rocksdb::Status status = parts_.database->db().Write(options, &batch_);
    report.sync_time = take_sync_time();
    batch_.Clear();
    if (report.written_bytes > kKeptBatchBytes) {
        batch_ = rocksdb::WriteBatch();
    }
    if (!status.ok()) {
        return fail(fmt::format("{}: a write failed: {}", settings_.folder, status.ToString()));
    }
    const TimePoint now = settings_.clock();
    parts_.space->note_written(report.written_bytes);
    if (const auto rate = pace_.note(report.written_bytes, now)) {
        parts_.database->set_flush_rate(*rate);
    }
    if (durability == Durability::synced) {
        if (auto marked = parts_.mark->advance(parts_.database->last_write(), now); !marked) {
            return fail(std::move(marked.error().text));
        }
    }
    return {};
}

Expected<void> RocksStore::commit(const Commit& commit, Durability durability) {
    for (const StreamMeta& meta : commit.streams) {
        if (meta.name.size() > kMaxName) {
            return store_error(StoreFault::invalid, "the name of a stream is too long");
        }
    }
    if (auto admitted = admit(!commit.blocks.empty()); !admitted) {
        return admitted;
    }
    const TimePoint begin = Clock::now();
    CommitReport report = report_of(commit, durability);
    fill_batch(commit);
    auto written = write(durability, report);
    report.ok = written.has_value();
    report.total = Clock::now() - begin;
    commits_.fetch_add(1, std::memory_order_relaxed);
    if (settings_.on_commit) {
        settings_.on_commit(report);
    }
    return written;
}

Expected<void> RocksStore::free_files(StreamId stream, Sequence begin, Sequence end) {
    const std::string first = keys::of(stream, begin);
    const std::string last = end == UINT64_MAX ? keys::end_of(stream) : keys::of(stream, end);
    const rocksdb::Slice from(first);
    const rocksdb::Slice to(last);
    const rocksdb::RangePtr range(&from, &to);
    const rocksdb::Status status = rocksdb::DeleteFilesInRanges(
        &parts_.database->db(), parts_.database->family(Family::data), &range, 1, false
    );
    if (!status.ok()) {
        return fail(fmt::format("{}: cannot delete files: {}", settings_.folder, status.ToString())
        );
    }
    return {};
}

Expected<void> RocksStore::release_before(StreamId stream, Sequence sequence) {
    if (auto admitted = admit(false); !admitted) {
        return admitted;
    }
    const auto kept = reading_.base_from(stream, sequence);
    if (!kept) {
        return unexpected(kept.error());
    }
    const Sequence end = std::min(*kept, sequence);
    // Whole files first: the rest is hidden now and given back when files are merged.
    if (auto freed = free_files(stream, 0, end); !freed) {
        return freed;
    }
    delete_range(Family::data, keys::of(stream, 0), keys::of(stream, end));
    delete_range(Family::holes, keys::of(stream, 0), keys::of(stream, end));
    CommitReport report;
    return write(Durability::buffered, report);
}

Expected<void> RocksStore::remove_stream(StreamId stream) {
    if (auto admitted = admit(false); !admitted) {
        return admitted;
    }
    const std::string end = keys::end_of(stream);
    batch_.Delete(parts_.database->family(Family::meta), keys::of(stream)).PermitUncheckedError();
    for (const Family family : {Family::data, Family::cursor, Family::holes}) {
        delete_range(family, keys::of(stream), end);
    }
    CommitReport report;
    if (auto written = write(Durability::synced, report); !written) {
        return written;
    }
    return free_files(stream, 0, UINT64_MAX);
}

Expected<void> RocksStore::checkpoint(const std::string& folder) {
    // Buffered commits first: the copy has all that was committed.
    if (auto synced = commit({}, Durability::synced); !synced) {
        return synced;
    }
    if (auto created = StoreFolder::create(folder); !created) {
        return created;
    }
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(&parts_.database->db(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> copy(made);
    if (status.ok()) {
        // 0: flushes first, so that the copy needs no log.
        status = copy->CreateCheckpoint(folder + "/db", 0);
    }
    if (!status.ok()) {
        return store_error(
            StoreFault::unusable, fmt::format("{}: cannot copy: {}", folder, status.ToString())
        );
    }
    auto mark = MarkFile::create(folder + "/mark", kStoreFormat, parts_.mark->mark());
    if (!mark) {
        return unexpected(std::move(mark.error()));
    }
    return StoreFolder::sync(folder);
}

Expected<BlockPtr> RocksStore::block_from(StreamId stream, Sequence sequence) const {
    return reading_.block_from(stream, sequence);
}

Expected<BlockPtr> RocksStore::block_before(StreamId stream, Sequence sequence) const {
    return reading_.block_before(stream, sequence);
}

std::unique_ptr<BlockReader> RocksStore::reader(StreamId stream) const {
    return std::make_unique<RocksReader>(reading_, stream);
}

Expected<std::vector<StreamMeta>> RocksStore::streams() const {
    return reading_.streams();
}

Expected<std::vector<Cursor>> RocksStore::cursors(StreamId stream) const {
    return reading_.cursors(stream);
}

Expected<std::vector<Holes>> RocksStore::holes(StreamId stream) const {
    return reading_.holes(stream);
}

Expected<VerifyProgress> RocksStore::verify(const VerifyHooks& hooks) const {
    return verify_rocks(reading_, hooks);
}

StoreState RocksStore::state() const {
    if (failed_.load(std::memory_order_acquire) || parts_.guard->has_failed()) {
        return StoreState::failed;
    }
    if (parts_.space->is_full() || parts_.guard->is_holding()) {
        return StoreState::full;
    }
    return StoreState::ok;
}

std::string RocksStore::state_reason() const {
    switch (state()) {
        case StoreState::ok:
            return {};
        case StoreState::full:
            return parts_.guard->is_holding() ? "a write waits for room on the disk"
                                              : "the reserve of the disk is reached";
        case StoreState::failed:
            break;
    }
    const std::lock_guard lock(reason_mutex_);
    return reason_.empty() ? parts_.guard->failure() : reason_;
}

StoreFigures RocksStore::figures() const {
    return {
        .disk_bytes = bytes_of_folder(settings_.folder),
        .memory_bytes = parts_.database->memory_bytes(),
        .free_bytes = parts_.space->free_bytes(),
        .commits = commits_.load(std::memory_order_relaxed),
        .holds = parts_.guard->holds(),
    };
}

}  // namespace telex::store

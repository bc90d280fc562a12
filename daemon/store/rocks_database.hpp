#pragma once
// RocksDB with the column families and the options of the store. Each option that is not the
// default has its reason in the source.
#include "store/rocks_store.hpp"
#include "store/store_error.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/rate_limiter.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace telex::store {

// In the order in which they are opened. Fixed: one per stream would take 79 s for 1,000 streams.
enum class Family : std::uint8_t { data, meta, cursor, holes };
constexpr std::size_t kFamilies = 4;

// Treatment of a log that does not end with a whole write, when it is opened.
enum class Recovery : std::uint8_t {
    strict,    // a cut is accepted, other damage is an error
    probe,     // up to the damage, for reading only: nothing on the disk changes
    torn_end,  // up to the damage, which the caller knows to be behind all acknowledged writes
    salvage,   // up to the damage, whatever is missing
};

// Thread-safe as rocksdb::DB.
class RocksDatabase {
public:
    // `files`: must be the store's file system. `creates`: false if a missing database is an error.
    [[nodiscard]] static Expected<std::unique_ptr<RocksDatabase>> open(
        const std::string& folder,
        const RocksSettings& settings,
        const std::shared_ptr<rocksdb::FileSystem>& files,
        bool creates,
        Recovery recovery
    );

    RocksDatabase(const RocksDatabase&) = delete;
    RocksDatabase& operator=(const RocksDatabase&) = delete;
    ~RocksDatabase();

    rocksdb::DB& db() const { return *db_; }

    rocksdb::ColumnFamilyHandle* family(Family family) const {
        return handles_.at(static_cast<std::size_t>(family));
    }

    // The number of the last write that is in the database. Each operation of a commit has one.
    std::uint64_t last_write() const { return db_->GetLatestSequenceNumber(); }

    // Bytes of caches and write buffers.
    std::uint64_t memory_bytes() const;
    void set_flush_rate(std::int64_t bytes_per_second);

private:
    RocksDatabase() = default;

    std::unique_ptr<rocksdb::Env> env_;
    std::shared_ptr<rocksdb::Cache> cache_;
    std::shared_ptr<rocksdb::RateLimiter> limiter_;
    std::array<rocksdb::ColumnFamilyHandle*, kFamilies> handles_{};
    rocksdb::ColumnFamilyHandle* default_ = nullptr;
    std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace telex::store

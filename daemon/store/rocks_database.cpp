#include "store/rocks_database.hpp"

#include "store/flush_pace.hpp"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <vector>

namespace telex::store {

namespace {

constexpr std::uint64_t kSyncStep = std::uint64_t{128} * 1024;
constexpr int kMaxOpenFiles = 512;
constexpr std::array kFamilyNames = {"data", "meta", "cursor", "holes"};

// RocksDB's own log file would be one more file that a full disk can break: the process ends then.
class WarningLog final : public rocksdb::Logger {
public:
    explicit WarningLog(std::function<void(std::string_view)> sink)
        : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), sink_(std::move(sink)) {}

    using Logger::Logv;

    void Logv(rocksdb::InfoLogLevel level, const char* format, std::va_list arguments) override {
        if (level < GetInfoLogLevel() || !sink_) {
            return;
        }
        std::array<char, 1024> line{};
        // The format is a literal of RocksDB.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        const int size = std::vsnprintf(line.data(), line.size(), format, arguments);
#pragma GCC diagnostic pop
        if (size > 0) {
            sink_(line.data());
        }
    }

    // Headers are lists of options.
    void LogHeader(const char* /*format*/, std::va_list /*arguments*/) override {}

private:
    std::function<void(std::string_view)> sink_;
};

rocksdb::DBOptions database_options(
    const RocksSettings& settings, bool creates, Recovery recovery
) {
    const bool is_strict = recovery == Recovery::strict;
    rocksdb::DBOptions options;
    options.create_if_missing = creates;
    options.create_missing_column_families = creates;
    options.info_log = std::make_shared<WarningLog>(settings.on_warning);
    // The default drops everything behind a damaged byte without an error.
    options.wal_recovery_mode = is_strict ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                                          : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    options.paranoid_checks = recovery != Recovery::salvage;
    options.track_and_verify_wals_in_manifest = recovery != Recovery::salvage;
    options.recycle_log_file_num = 0;  // an old record must never look like a new one
    options.manual_wal_flush = false;
    // A full disk must not keep the store from opening. A damaged log is replaced by a flush,
    // otherwise the next start would find it again.
    options.avoid_flush_during_recovery = is_strict;
    options.fail_if_options_file_error = true;
    options.max_total_wal_size = 4 * settings.write_buffer_bytes;
    options.db_write_buffer_size = 4 * settings.write_buffer_bytes;
    options.max_background_jobs = 2;
    // Flushes in small steps: a large one delays the syncs of commits for up to 86 ms.
    options.bytes_per_sync = kSyncStep;
    options.strict_bytes_per_sync = true;
    options.max_open_files = kMaxOpenFiles;
    options.max_file_opening_threads = 2;
    options.skip_stats_update_on_db_open = true;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    options.enable_pipelined_write = false;  // one thread writes
    options.allow_concurrent_memtable_write = false;
    // A store that failed must be opened again; RocksDB must not go on by itself.
    options.max_bgerror_resume_count = 0;
    return options;
}

rocksdb::ColumnFamilyOptions family_options(
    const RocksSettings& settings, const std::shared_ptr<rocksdb::Cache>& cache, Family family
) {
    rocksdb::ColumnFamilyOptions options;
    options.write_buffer_size = settings.write_buffer_bytes;
    options.max_write_buffer_number = 4;
    options.compression = rocksdb::kNoCompression;
    if (family == Family::data) {
        options.compression_per_level = {
            rocksdb::kNoCompression,
            rocksdb::kNoCompression,
            rocksdb::kLZ4Compression,
        };
    }
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.checksum = rocksdb::kXXH3;
    table.format_version = 5;
    // In the cache, so that memory is bounded whatever the size of the store is.
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return options;
}

StoreError error_of(const std::string& folder, const rocksdb::Status& status) {
    const std::string text = fmt::format("{}: {}", folder, status.ToString());
    if (status.IsNoSpace()) {
        return {StoreFault::full, text + ": make room on the disk"};
    }
    if (status.IsCorruption()) {
        return {StoreFault::damaged, text + ": restore a backup, or repair the store"};
    }
    return {StoreFault::unusable, text};
}

}  // namespace

Expected<std::unique_ptr<RocksDatabase>> RocksDatabase::open(
    const std::string& folder,
    const RocksSettings& settings,
    const std::shared_ptr<rocksdb::FileSystem>& files,
    bool creates,
    Recovery recovery
) {
    std::unique_ptr<RocksDatabase> database(new RocksDatabase);
    database->env_ = rocksdb::NewCompositeEnv(files);
    database->cache_ = rocksdb::NewLRUCache(settings.cache_bytes);
    database->limiter_.reset(rocksdb::NewGenericRateLimiter(FlushPace().rate()));

    rocksdb::DBOptions options = database_options(settings, creates, recovery);
    options.env = database->env_.get();
    options.rate_limiter = database->limiter_;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    families.emplace_back(
        rocksdb::kDefaultColumnFamilyName, family_options(settings, database->cache_, Family::meta)
    );
    for (std::size_t i = 0; i < kFamilies; ++i) {
        families.emplace_back(
            kFamilyNames.at(i), family_options(settings, database->cache_, static_cast<Family>(i))
        );
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status =
        recovery == Recovery::probe
            ? rocksdb::DB::OpenForReadOnly(options, folder, families, &handles, &db)
            : rocksdb::DB::Open(options, folder, families, &handles, &db);
    if (!status.ok()) {
        return unexpected(error_of(folder, status));
    }
    database->db_.reset(db);
    database->default_ = handles.front();
    for (std::size_t i = 0; i < kFamilies; ++i) {
        database->handles_.at(i) = handles.at(i + 1);
    }
    return database;
}

RocksDatabase::~RocksDatabase() {
    if (db_ == nullptr) {
        return;
    }
    // Errors are ignored: a failed database cannot be closed without them, and all acknowledged
    // writes are on the disk already.
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
        db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
    db_->DestroyColumnFamilyHandle(default_).PermitUncheckedError();
    db_->Close().PermitUncheckedError();
}

std::uint64_t RocksDatabase::memory_bytes() const {
    std::uint64_t tables = 0;
    // Without the property the figure is only that of the cache.
    (void)db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &tables);
    return tables + cache_->GetUsage();
}

void RocksDatabase::set_flush_rate(std::int64_t bytes_per_second) {
    limiter_->SetBytesPerSecond(bytes_per_second);
}

}  // namespace telex::store

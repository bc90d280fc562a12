#include "store/rocks_store.hpp"
#include "store/rocks_store_impl.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <array>
#include <filesystem>
#include <limits>
#include <optional>

namespace telex::store {

namespace {

// To open, RocksDB writes its options, a manifest and a new log.
constexpr std::uint64_t kRoomToOpen = std::uint64_t{4} * 1024 * 1024;

// From an older format to the next one. Each step must bear being interrupted and repeated, and
// ends by writing its format to the mark.
struct Migration {
    std::uint32_t from;
    Expected<void> (*run)(const std::string& folder);
};

constexpr std::array<Migration, 0> kMigrations{};

std::uint64_t free_bytes_of(const std::string& folder) {
    struct statvfs status{};
    if (::statvfs(folder.c_str(), &status) != 0) {
        return std::numeric_limits<std::uint64_t>::max();
    }
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

bool exists(const std::string& path) {
    std::error_code error;
    return std::filesystem::exists(path, error);
}

[[nodiscard]] Expected<void> check_format(const std::string& path, std::uint32_t format) {
    if (format > kStoreFormat) {
        return store_error(
            StoreFault::newer_format,
            fmt::format(
                "{}: the store has format {}, this telexd knows formats up to {}: use the telexd "
                "that wrote it, or a newer one",
                path,
                format,
                kStoreFormat
            )
        );
    }
    return {};
}

[[nodiscard]] Expected<void> migrate(const std::string& folder, std::uint32_t format) {
    for (const Migration& step : kMigrations) {
        if (step.from >= format) {
            if (auto done = step.run(folder); !done) {
                return done;
            }
        }
    }
    return {};
}

// Opens the mark of an existing store, or returns nothing for a new one.
[[nodiscard]] Expected<std::unique_ptr<MarkFile>> open_mark(
    const StoreFolder& folder, bool accept_loss
) {
    const std::string path = folder.file("mark");
    const bool has_database = exists(folder.file("db/CURRENT"));
    if (!exists(path)) {
        if (has_database && !accept_loss) {
            return store_error(
                StoreFault::damaged,
                path +
                    ": is missing, so the end of the store cannot be checked: restore the file "
                    "or repair the store"
            );
        }
        return nullptr;
    }
    auto mark = MarkFile::open(path);
    if (!mark) {
        if (accept_loss) {
            return nullptr;
        }
        return unexpected(std::move(mark.error()));
    }
    if (auto checked = check_format(path, mark->format()); !checked) {
        return unexpected(std::move(checked.error()));
    }
    if (!has_database && mark->mark() > 0) {
        return store_error(
            StoreFault::lost_commits,
            fmt::format("{}: is missing: restore a backup", folder.file("db/CURRENT"))
        );
    }
    return std::make_unique<MarkFile>(std::move(*mark));
}

[[nodiscard]] Expected<void> check_end(
    const std::string& folder, std::uint64_t marked, std::uint64_t found
) {
    if (found >= marked) {
        return {};
    }
    return store_error(
        StoreFault::lost_commits,
        fmt::format(
            "{}: the last write is {}, but {} was acknowledged: the log is cut or was deleted; "
            "restore the files or a backup, or repair the store and accept the loss",
            folder,
            found,
            marked
        )
    );
}

[[nodiscard]] Expected<std::unique_ptr<MarkFile>> create_mark(
    const StoreFolder& folder, std::uint64_t mark
) {
    auto created = MarkFile::create(folder.file("mark"), kStoreFormat, mark);
    if (!created) {
        return unexpected(std::move(created.error()));
    }
    if (auto synced = StoreFolder::sync(folder.path()); !synced) {
        return unexpected(std::move(synced.error()));
    }
    return std::make_unique<MarkFile>(std::move(*created));
}

// Releases the ballast if the store has too little room to open.
[[nodiscard]] Expected<void> make_room_to_open(const RocksSettings& settings, Ballast& ballast) {
    if (settings.free_bytes() >= kRoomToOpen) {
        return {};
    }
    ballast.release();
    if (const std::uint64_t free = settings.free_bytes(); free < kRoomToOpen) {
        return store_error(
            StoreFault::full,
            fmt::format(
                "{}: {} bytes are free, {} are needed to open the store: make room on the disk",
                settings.folder,
                free,
                kRoomToOpen
            )
        );
    }
    return {};
}

// Makes the parts below the database.
RocksParts lower_parts(const RocksSettings& settings, StoreFolder folder) {
    auto ballast = std::make_unique<Ballast>(folder.file("ballast"), settings.ballast_bytes);
    auto space = std::make_unique<DiskSpace>(settings.reserve_bytes, settings.free_bytes, *ballast);
    auto guard = std::make_shared<WriteGuard>(settings.wait_for_room, [ballast = ballast.get()] {
        ballast->release();
    });
    return {std::move(folder), std::move(ballast), std::move(space), std::move(guard), {}, {}};
}

// Opens the database; `mark`: of what was acknowledged.
//
// A power loss may leave the last write with pages that were never written, which looks like
// damage. It is not, if all that was acknowledged is before it: that write was never acknowledged.
// It is dropped with a warning.
[[nodiscard]] Expected<std::unique_ptr<RocksDatabase>> recover_database(
    const RocksSettings& settings,
    const std::string& path,
    const std::shared_ptr<rocksdb::FileSystem>& files,
    std::uint64_t mark
) {
    if (settings.accept_loss) {
        return RocksDatabase::open(path, settings, files, true, Recovery::salvage);
    }
    auto database = RocksDatabase::open(path, settings, files, mark == 0, Recovery::strict);
    if (database || database.error().fault != StoreFault::damaged) {
        return database;
    }
    {
        const auto probe = RocksDatabase::open(path, settings, files, false, Recovery::probe);
        if (!probe || (*probe)->last_write() < mark) {
            return database;
        }
    }
    auto torn = RocksDatabase::open(path, settings, files, false, Recovery::torn_end);
    if (torn && settings.on_warning) {
        settings.on_warning(fmt::format(
            "{}: the log ended with a torn write, which was not acknowledged and is dropped; the "
            "last write is {}",
            path,
            (*torn)->last_write()
        ));
    }
    return torn;
}

// Makes the folder, the mark and the database.
[[nodiscard]] Expected<void> open_database(const RocksSettings& settings, RocksParts& parts) {
    auto mark = open_mark(parts.folder, settings.accept_loss);
    if (mark && *mark == nullptr) {
        mark = create_mark(parts.folder, 0);
    }
    if (!mark) {
        return unexpected(std::move(mark.error()));
    }
    parts.mark = std::move(*mark);
    if (auto migrated = migrate(settings.folder, parts.mark->format()); !migrated) {
        return migrated;
    }
    const std::string path = parts.folder.file("db");
    if (!exists(path)) {
        if (auto created = StoreFolder::create(path); !created) {
            return created;
        }
    }
    const auto files = settings.file_system ? settings.file_system : rocksdb::FileSystem::Default();
    auto database = recover_database(
        settings,
        path,
        std::make_shared<HoldingFileSystem>(files, parts.guard, path),
        parts.mark->mark()
    );
    if (!database) {
        return unexpected(std::move(database.error()));
    }
    parts.database = std::move(*database);
    return {};
}

}  // namespace

Expected<std::unique_ptr<Store>> open_rocks_store(RocksSettings settings) {
    auto folder = StoreFolder::open(settings.folder);
    if (!folder) {
        return unexpected(std::move(folder.error()));
    }
    if (!settings.free_bytes) {
        settings.free_bytes = [path = settings.folder] { return free_bytes_of(path); };
    }
    RocksParts parts = lower_parts(settings, std::move(*folder));
    if (auto made = make_room_to_open(settings, *parts.ballast); !made) {
        return unexpected(std::move(made.error()));
    }
    if (auto opened = open_database(settings, parts); !opened) {
        return unexpected(std::move(opened.error()));
    }
    const std::uint64_t found = parts.database->last_write();
    if (!settings.accept_loss) {
        if (auto checked = check_end(settings.folder, parts.mark->mark(), found); !checked) {
            return unexpected(std::move(checked.error()));
        }
    } else {
        // From here on the store ends where it was found to end.
        parts.mark = nullptr;
        auto created = create_mark(parts.folder, found);
        if (!created) {
            return unexpected(std::move(created.error()));
        }
        parts.mark = std::move(*created);
    }
    return std::make_unique<RocksStore>(std::move(settings), std::move(parts));
}

}  // namespace telex::store

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// Debian's RocksDB is not built with the sanitizer, which therefore does not see how it
// synchronizes its threads, and takes memory that one of them frees for a race.
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_suppressions();

extern "C" const char* __tsan_default_suppressions() {
    return "called_from_lib:librocksdb.so\nrace:librocksdb.so\n";
}
#endif
#endif

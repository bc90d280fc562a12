#pragma once
// A store on a disk, by RocksDB. The folder has these files:
//
//   lock      held while a process has the store open
//   mark      the format version, and the last write that was acknowledged (mark_file.hpp)
//   ballast   bytes that are given up when the disk is full (ballast.hpp)
//   db/       RocksDB's files
//
// docs/store-format.md has the keys and values.
#include "base/time.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rocksdb {
class FileSystem;
}  // namespace rocksdb

namespace telex::store {

struct RocksSettings {
    std::string folder;  // is created with mode 0700 if it does not exist; its parent must

    // Memory, in bytes. Up to four write buffers for each kind of value, bounded over all kinds by
    // four write buffers.
    std::uint64_t write_buffer_bytes = std::uint64_t{16} * 1024 * 1024;
    std::uint64_t cache_bytes = std::uint64_t{64} * 1024 * 1024;

    // The store is full when the file system has less than this; 0 switches the check off.
    std::uint64_t reserve_bytes = std::uint64_t{1024} * 1024 * 1024;
    std::uint64_t ballast_bytes = std::uint64_t{128} * 1024 * 1024;

    // Opens a store that is damaged at its end or has lost commits, with what can be read. For
    // repairs only, after the loss was reported.
    bool accept_loss = false;

    CommitHook on_commit;  // may be empty
    // Warnings of RocksDB, one line each. Called on any thread.
    std::function<void(std::string_view)> on_warning;

    // For tests: the clock, the free bytes of the file system, what a write that finds no room does
    // between two attempts (false: the write fails), and the file system below RocksDB.
    std::function<TimePoint()> clock = Clock::now;
    std::function<std::uint64_t()> free_bytes;
    std::function<bool()> wait_for_room;
    std::shared_ptr<rocksdb::FileSystem> file_system;
};

// Opens or creates the store. Replays what was written since the last flush: 64 MiB at most in
// ordinary use. Errors: `locked`, `newer_format`, `lost_commits`, `damaged`, `full`, `unusable`.
[[nodiscard]] Expected<std::unique_ptr<Store>> open_rocks_store(RocksSettings settings);

}  // namespace telex::store

#pragma once
// The reserve of the disk: stops commits long before RocksDB would find no room, because it may end
// the process then.
#include "base/time.hpp"

#include <atomic>
#include <cstdint>
#include <functional>

namespace telex::store {

class Ballast;

// The storage thread, except for is_full() and free_bytes().
class DiskSpace {
public:
    // `reserve`: in bytes, 0 switches the check off. `free_bytes`: of the file system.
    DiskSpace(std::uint64_t reserve, std::function<std::uint64_t()> free_bytes, Ballast& ballast);

    // Asks the file system at most once a second and counts what was written since. Fills the
    // ballast again when there is room for it.
    void update(TimePoint now);
    // Bytes that were handed to RocksDB, which writes them about twice.
    void note_written(std::uint64_t bytes);

    // Less than the reserve was free; stays true until a sixteenth more than the reserve is free.
    bool is_full() const { return full_.load(std::memory_order_relaxed); }

    // Small writes that give room back (cursors, metadata, removals) may use this part of the
    // reserve.
    bool has_room_for_small() const;

    std::uint64_t free_bytes() const { return free_.load(std::memory_order_relaxed); }

private:
    std::uint64_t reserve_;
    std::function<std::uint64_t()> ask_;
    Ballast& ballast_;
    bool asked_ = false;
    TimePoint asked_at_{};
    std::atomic<std::uint64_t> free_{UINT64_MAX};
    std::atomic<bool> full_{false};
};

}  // namespace telex::store

#pragma once
// A file that only takes up room. It is given up when a write of RocksDB finds no room, so that
// flushes and deletions that are under way can end.
#include <cstdint>
#include <mutex>
#include <string>

namespace telex::store {

// Thread-safe.
class Ballast {
public:
    // 0 bytes: never exists.
    Ballast(std::string path, std::uint64_t bytes);

    // Creates the file with its full size. Without room for it nothing changes.
    void fill();
    void release();

    bool is_full() const;

    std::uint64_t bytes() const { return bytes_; }

private:
    std::string path_;
    std::uint64_t bytes_;
    mutable std::mutex mutex_;
    bool is_full_ = false;
};

}  // namespace telex::store

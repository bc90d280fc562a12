#pragma once
// The mark: the number of the last write that was acknowledged, kept outside of RocksDB.
//
// RocksDB accepts a log that ends early, because a power loss may tear the last write. So a log
// that was cut at a write's edge, or deleted, opens without an error. The mark shows it: the
// database must have at least the marked write. The mark is written with each synced commit, after
// it. That costs no sync: the page is handed to the disk about once a second, and the sync of a
// later commit makes it durable. After a power loss the mark may therefore be one to two seconds
// old; after the end of the process it is exact.
//
// The file also has the format version, so that it is known before RocksDB opens anything.
#include "base/time.hpp"
#include "store/store_error.hpp"

#include <cstdint>
#include <string>

namespace telex::store {

class MarkFile {
public:
    // Creates the file, durably. An existing file is an error.
    [[nodiscard]] static Expected<MarkFile> create(
        const std::string& path, std::uint32_t format, std::uint64_t mark
    );
    // Errors: `damaged`, or `unusable` if it cannot be read.
    [[nodiscard]] static Expected<MarkFile> open(const std::string& path);

    MarkFile(MarkFile&& other) noexcept;
    MarkFile& operator=(MarkFile&&) = delete;
    ~MarkFile();

    std::uint32_t format() const { return format_; }

    std::uint64_t mark() const { return mark_; }

    // Requires a mark that is not below the last one, except for repairs. An error means that the
    // mark stays behind, which weakens the detection of losses but loses nothing.
    [[nodiscard]] Expected<void> advance(std::uint64_t mark, TimePoint now);
    // Makes the mark durable. For a clean end.
    [[nodiscard]] Expected<void> sync();

private:
    MarkFile(std::string path, int file) : path_(std::move(path)), file_(file) {}

    [[nodiscard]] Expected<void> write_slot();

    std::string path_;
    int file_ = -1;
    std::uint32_t format_ = 0;
    std::uint64_t mark_ = 0;
    TimePoint handed_over_{};
};

}  // namespace telex::store

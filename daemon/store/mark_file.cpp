#include "store/mark_file.hpp"

#include "base/bytes.hpp"
#include "store/little_endian.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>

namespace telex::store {

namespace {

// One page: the head in its first sector, the mark in the second, so that a torn write of the mark
// cannot damage the head.
constexpr std::size_t kFileBytes = 4096;
constexpr std::size_t kSlot = 512;
constexpr std::string_view kMagic = "telexsto";
constexpr std::size_t kHeadChecked = 16;  // bytes of the head before its checksum
constexpr std::size_t kSlotBytes = 16;
constexpr std::uint64_t kSlotSeed = 0x6b72616d;
constexpr auto kHandOver = std::chrono::seconds(1);

using Page = std::array<char, kFileBytes>;
using Slot = std::array<char, kSlotBytes>;

Slot slot_of(std::uint64_t mark) {
    Slot slot{};
    put_little(slot.data(), mark);
    put_little(slot.data() + 8, XXH3_64bits_withSeed(slot.data(), 8, kSlotSeed));
    return slot;
}

Page page_of(std::uint32_t format, std::uint64_t mark) {
    Page page{};
    std::memcpy(page.data(), kMagic.data(), kMagic.size());
    put_little(page.data() + 8, format);
    put_little(page.data() + kHeadChecked, XXH3_64bits(page.data(), kHeadChecked));
    const Slot slot = slot_of(mark);
    std::memcpy(page.data() + kSlot, slot.data(), slot.size());
    return page;
}

unexpected<StoreError> system_fault(StoreFault fault, const std::string& path) {
    return store_error(fault, fmt::format("{}: {}", path, std::generic_category().message(errno)));
}

std::string_view fault_of(const Page& page) {
    if (std::string_view(page.data(), kMagic.size()) != kMagic) {
        return "is not the mark of a store";
    }
    if (get_little<std::uint64_t>(page.data() + kHeadChecked) !=
        XXH3_64bits(page.data(), kHeadChecked)) {
        return "wrong checksum of the format version";
    }
    const char* slot = page.data() + kSlot;
    if (get_little<std::uint64_t>(slot + 8) != XXH3_64bits_withSeed(slot, 8, kSlotSeed)) {
        return "wrong checksum of the mark";
    }
    return {};
}

}  // namespace

Expected<MarkFile> MarkFile::create(
    const std::string& path, std::uint32_t format, std::uint64_t mark
) {
    // Written under another name first, so that the file is complete or does not exist.
    const std::string draft = path + ".new";
    const int file = ::open(draft.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        return system_fault(StoreFault::unusable, draft);
    }
    MarkFile created(path, file);
    created.format_ = format;
    created.mark_ = mark;
    const Page page = page_of(format, mark);
    if (::pwrite(file, page.data(), page.size(), 0) != static_cast<ssize_t>(page.size()) ||
        ::fsync(file) != 0 || ::rename(draft.c_str(), path.c_str()) != 0) {
        return system_fault(StoreFault::unusable, draft);
    }
    return created;
}

Expected<MarkFile> MarkFile::open(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) {
        return system_fault(StoreFault::unusable, path);
    }
    MarkFile opened(path, file);
    Page page{};
    if (::pread(file, page.data(), page.size(), 0) != static_cast<ssize_t>(page.size())) {
        return store_error(StoreFault::damaged, path + ": the mark of the store is too short");
    }
    if (const std::string_view fault = fault_of(page); !fault.empty()) {
        return store_error(StoreFault::damaged, fmt::format("{}: {}", path, fault));
    }
    opened.format_ = get_little<std::uint32_t>(page.data() + 8);
    opened.mark_ = get_little<std::uint64_t>(page.data() + kSlot);
    return opened;
}

MarkFile::MarkFile(MarkFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      format_(other.format_),
      mark_(other.mark_),
      handed_over_(other.handed_over_) {}

MarkFile::~MarkFile() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

Expected<void> MarkFile::advance(std::uint64_t mark, TimePoint now) {
    mark_ = mark;
    if (auto written = write_slot(); !written) {
        return written;
    }
    if (now - handed_over_ >= kHandOver) {
        handed_over_ = now;
        // Starts to write the page and does not wait. A failure only delays it.
        (void)::sync_file_range(file_, 0, kFileBytes, SYNC_FILE_RANGE_WRITE);
    }
    return {};
}

Expected<void> MarkFile::write_slot() {
    const Slot slot = slot_of(mark_);
    if (::pwrite(file_, slot.data(), slot.size(), kSlot) != static_cast<ssize_t>(slot.size())) {
        return system_fault(StoreFault::failed, path_);
    }
    return {};
}

Expected<void> MarkFile::sync() {
    if (::fdatasync(file_) != 0) {
        return system_fault(StoreFault::failed, path_);
    }
    return {};
}

}  // namespace telex::store

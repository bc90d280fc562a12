#include "store/disk_space.hpp"

#include "store/ballast.hpp"

#include <algorithm>
#include <chrono>

namespace telex::store {

namespace {

constexpr auto kAskEvery = std::chrono::seconds(1);
constexpr std::uint64_t kWrittenTimes = 2;  // the log, and the flush
constexpr std::uint64_t kSmallPart = 4;     // of the reserve: small writes use all but a quarter
constexpr std::uint64_t kMarginPart = 16;

}  // namespace

DiskSpace::DiskSpace(
    std::uint64_t reserve, std::function<std::uint64_t()> free_bytes, Ballast& ballast
)
    : reserve_(reserve), ask_(std::move(free_bytes)), ballast_(ballast) {}

void DiskSpace::update(TimePoint now) {
    const bool asks = !asked_ || now - asked_at_ >= kAskEvery;
    if (asks) {
        asked_ = true;
        asked_at_ = now;
        free_.store(ask_(), std::memory_order_relaxed);
    }
    if (reserve_ == 0) {
        return;
    }
    const std::uint64_t wanted = is_full() ? reserve_ + reserve_ / kMarginPart : reserve_;
    full_.store(free_bytes() < wanted, std::memory_order_relaxed);
    if (asks && !is_full() && !ballast_.is_full() && free_bytes() >= wanted + ballast_.bytes()) {
        ballast_.fill();
    }
}

void DiskSpace::note_written(std::uint64_t bytes) {
    const std::uint64_t free = free_bytes();
    free_.store(free - std::min(free, kWrittenTimes * bytes), std::memory_order_relaxed);
}

bool DiskSpace::has_room_for_small() const {
    return free_bytes() >= reserve_ / kSmallPart;
}

}  // namespace telex::store

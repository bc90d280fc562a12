#pragma once
// How long things took, in parts that double: 64 us, 128 us, ... 8.4 s, and longer.
//
// One reactor's; a few instructions for each entry.
#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace telex::exchange {

struct DurationHistogram {
    static constexpr std::size_t kBounds = 18;

    static constexpr std::chrono::microseconds bound(std::size_t part) {
        return std::chrono::microseconds(std::int64_t{64} << part);
    }

    void add(Clock::duration duration) {
        const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
        const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(whole, 0));
        // An upper end belongs to its part, as in Prometheus' "le".
        const std::size_t part =
            microseconds <= 64 ? 0 : static_cast<std::size_t>(std::bit_width(microseconds - 1)) - 6;
        ++counts[std::min(part, kBounds)];
        sum_microseconds += microseconds;
    }

    std::array<std::uint64_t, kBounds + 1> counts{};
    std::uint64_t sum_microseconds = 0;
};

}  // namespace telex::exchange

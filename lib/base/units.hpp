#pragma once
// Sizes and times in notation for people: one number, one unit.
//
//   size      512B  64KiB  8MiB  2GiB  1TiB  (1,024 each)    500kB  10MB  1GB  1TB  (1,000 each)
//   duration  250ms  5s  10m  2h  7d       where microseconds matter: 50us  2ms  1s
//
// Whole numbers only; one space may precede the unit. A bare number is rejected, and so is "10M",
// which could mean 10,000,000 or 10,485,760. Errors are sentences that say what to write instead.
#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex {

// In bytes.
[[nodiscard]] Result<std::uint64_t, std::string> parse_size(std::string_view text);
[[nodiscard]] Result<std::chrono::milliseconds, std::string> parse_duration(std::string_view text);
// Also accepts microseconds ("us").
[[nodiscard]] Result<std::chrono::microseconds, std::string> parse_short_duration(
    std::string_view text
);

// A decimal number without sign, unit, space or leading zero.
[[nodiscard]] Result<std::uint64_t, std::string> parse_count(std::string_view text);

// Uses the largest unit that divides the value, so that parsing the result returns the same value:
// 1048576 is "1MiB", 1500 is "1500B".
std::string format_size(std::uint64_t bytes);
// `duration` must not be negative.
std::string format_duration(std::chrono::milliseconds duration);
std::string format_short_duration(std::chrono::microseconds duration);

}  // namespace telex

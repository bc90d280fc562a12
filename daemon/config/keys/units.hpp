#pragma once
// Units of the ranges in the key tables: bytes and milliseconds.
#include <cstdint>

namespace telex::config {

inline constexpr std::uint64_t kKiB = 1'024;
inline constexpr std::uint64_t kMiB = kKiB * 1'024;

inline constexpr std::uint64_t kSecond = 1'000;
inline constexpr std::uint64_t kDay = 86'400 * kSecond;

}  // namespace telex::config

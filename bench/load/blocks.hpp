#pragma once
// Shared by the loads: the size of a write, and subjects of one length.
#include <algorithm>
#include <cstddef>
#include <string>

namespace telex::bench {

inline constexpr std::size_t kBlockBytes = 64U << 10U;

// Returns how many messages of this size are sent with one call.
inline std::size_t per_block(std::size_t message_bytes) {
    return std::max<std::size_t>(1, kBlockBytes / message_bytes);
}

// "device.0000042"
inline std::string device_subject(std::size_t number) {
    const std::string digits = std::to_string(number);
    return "device." + std::string(7 - std::min<std::size_t>(7, digits.size()), '0') + digits;
}

}  // namespace telex::bench

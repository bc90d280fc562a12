#pragma once
// Protobuf tags: field number and wire type.
#include <cstdint>

namespace telex::wire {

enum class WireType : std::uint8_t {
    varint = 0,
    fixed64 = 1,
    length = 2,
    start_group = 3,
    end_group = 4,
    fixed32 = 5,
};

constexpr std::uint32_t tag_of(std::uint32_t field, WireType type) {
    return (field << 3U) | static_cast<std::uint32_t>(type);
}

// Levels of sub-messages and groups below the outermost message.
inline constexpr int kMaxDepth = 100;

}  // namespace telex::wire

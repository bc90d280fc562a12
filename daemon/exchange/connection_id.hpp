#pragma once
// Names a member of the exchange from anywhere: its reactor, its slot there, and the slot's
// generation, so that a message for somebody who left finds nobody instead of a stranger.
#include <compare>
#include <cstdint>

namespace telex::exchange {

struct ConnectionId {
    std::uint16_t reactor = 0;
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;  // 0: nobody

    explicit operator bool() const { return generation != 0; }

    auto operator<=>(const ConnectionId&) const = default;

    // Unique among the living; used as a plain key by the router.
    std::uint64_t key() const {
        return (std::uint64_t{reactor} << 52U) | (std::uint64_t{slot & 0xFFFFFFU} << 28U) |
               (generation & 0xFFFFFFFU);
    }
};

inline constexpr std::uint32_t kMaxSlots = 1U << 24U;
inline constexpr std::uint32_t kMaxGeneration = (1U << 28U) - 1;

}  // namespace telex::exchange

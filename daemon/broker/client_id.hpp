#pragma once
// Identifies a client from any thread by its reactor, its slot there, and the slot's generation. A
// message for a client that has left is therefore never taken for its successor in the slot.
#include <compare>
#include <cstdint>

namespace telex::broker {

struct ClientId {
    std::uint16_t reactor = 0;
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;  // 0: no client
    // Client::can_pause, for consumers on other reactors.
    bool can_pause = false;

    explicit operator bool() const { return generation != 0; }

    auto operator<=>(const ClientId&) const = default;

    // Unique among the clients that exist; the router's key.
    std::uint64_t key() const {
        return (std::uint64_t{reactor} << 52U) | (std::uint64_t{slot & 0xFFFFFFU} << 28U) |
               (generation & 0xFFFFFFFU);
    }
};

inline constexpr std::uint32_t kMaxSlots = 1U << 24U;
inline constexpr std::uint32_t kMaxGeneration = (1U << 28U) - 1;

}  // namespace telex::broker

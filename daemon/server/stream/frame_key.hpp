#pragma once
// The kind of a frame in a send queue: the key of a delivery's subscription
// (broker::Subscription::key), or one of these. The slow-consumer policy drops deliveries only.
#include <cstdint>

namespace telex::server {

inline constexpr std::uint64_t kControlKey = 0;
inline constexpr std::uint64_t kReplyKey = UINT64_MAX;

constexpr bool is_delivery(std::uint64_t key) {
    return key != kControlKey && key != kReplyKey;
}

constexpr bool is_message(std::uint64_t key) {
    return key != kControlKey;
}

}  // namespace telex::server

#pragma once
// Current usage of a user over all its connections: counted, charged and limited.
//
// Thread: any. It outlives the list of users that names it, so that a reload forgets nothing.
#include "access/rate_meter.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace telex::access {

// Absent: no limit.
struct UserLimits {
    std::optional<std::uint32_t> max_connections;
    std::optional<std::uint32_t> max_subscriptions;
    // Maximum bytes queued for all connections of the user together.
    std::optional<std::size_t> max_pending_bytes;
    // Maximum size of one message.
    std::optional<std::size_t> max_payload_bytes;
    // Receive rates over all connections.
    std::optional<std::uint64_t> frames_per_second;
    std::optional<std::uint64_t> bytes_per_second;

    bool limits_rate() const { return frames_per_second || bytes_per_second; }
};

struct Usage {
    std::atomic<std::uint32_t> connections{0};
    std::atomic<std::uint32_t> subscriptions{0};
    std::atomic<std::int64_t> pending_bytes{0};
    // Memory of all its subscriptions.
    std::atomic<std::size_t> subscription_bytes{0};
    RateMeter frames;
    RateMeter bytes;
};

using UsagePtr = std::shared_ptr<Usage>;

// One connection or subscription of a user, for as long as this lives. Empty: charged to no user.
class Charge {
public:
    Charge() = default;
    Charge(Charge&&) = default;

    Charge& operator=(Charge&& other) noexcept {
        std::swap(counter_, other.counter_);
        return *this;
    }

    ~Charge() {
        if (counter_) {
            counter_->fetch_sub(1, std::memory_order_relaxed);
        }
    }

    // Returns nothing if `most` are in use.
    [[nodiscard]] static std::optional<Charge> take(
        const UsagePtr& usage,
        std::atomic<std::uint32_t> Usage::* counter,
        std::optional<std::uint32_t> most
    ) {
        Charge charge;
        charge.counter_ = {usage, &(usage.get()->*counter)};
        const std::uint32_t before = charge.counter_->fetch_add(1, std::memory_order_relaxed);
        return most && before >= *most ? std::nullopt : std::optional(std::move(charge));
    }

private:
    std::shared_ptr<std::atomic<std::uint32_t>> counter_;
};

}  // namespace telex::access

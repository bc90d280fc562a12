#pragma once
// Events of the exchange, published on $SYS.event.* (proto/telex/v1/event.proto): connections,
// refusals, slow consumers, reloads.
//
// Costs one comparison while there are no subscribers. Clients cause events at will, so there are
// at most kPerSecond of each kind; the next one has the number of suppressed events. An event is
// published in a separate turn of the reporting reactor, never while messages are being routed.
//
// Owner: Exchange. Thread: any unless noted.
#include "base/second_limit.hpp"
#include "telex/v1/event.pb.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace telex::exchange {

class Exchange;
class Shard;

class EventFeed {
public:
    static constexpr std::uint32_t kPerSecond = 100;

    explicit EventFeed(Exchange& exchange) : exchange_(exchange) {}

    // Events have subscribers: otherwise none is created.
    bool wanted() const { return watchers_.load(std::memory_order_relaxed) > 0; }

    void add_watcher() { watchers_.fetch_add(1, std::memory_order_relaxed); }

    void remove_watcher() { watchers_.fetch_sub(1, std::memory_order_relaxed); }

    // On the shard's thread. The event has its kind; time, server and number of those left out are
    // filled in here.
    void report(Shard& shard, v1::Event event);

    std::uint64_t published() const { return published_.load(std::memory_order_relaxed); }

    std::uint64_t suppressed() const { return suppressed_.load(std::memory_order_relaxed); }

private:
    static constexpr std::size_t kKinds = v1::Event::kReload - v1::Event::kConnect + 1;

    Exchange& exchange_;
    std::atomic<std::uint32_t> watchers_{0};
    std::array<SecondLimit, kKinds> limits_;
    std::atomic<std::uint64_t> published_{0};
    std::atomic<std::uint64_t> suppressed_{0};
};

}  // namespace telex::exchange

#pragma once
// Counters of one shard. Written by its reactor alone; others get copies of it by message.
//
// The books balance: routed = taken + dropped by reason + waiting for credit, at any moment between
// two tasks of the reactor, and what clients have taken is delivered or still queued
// (ShardSnapshot::delivered_messages). tests/support/books.hpp checks it.
#include "broker/close_reason.hpp"
#include "broker/drop_reason.hpp"
#include "exchange/duration_histogram.hpp"
#include "telex/v1/telex.pb.h"
#include "web/upgrade_refusal.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace telex::v1 {
class ServerStats;
}

namespace telex::exchange {

using broker::DropReason;
using broker::kDropReasons;
using broker::name_of;

struct Counters {
    std::uint64_t connections_total = 0;
    std::uint64_t received_messages = 0;
    std::uint64_t received_bytes = 0;
    // Deliveries to be made: one for each receiver of a message. Includes replies, and frames of
    // the exchange that could not be written, which are counted as dropped.
    std::uint64_t routed_messages = 0;
    // That clients took, and did not drop from their queues later. May decrease.
    std::uint64_t taken_messages = 0;
    std::uint64_t sent_bytes = 0;
    std::uint64_t unrouted_messages = 0;
    std::uint64_t handed_over_messages = 0;
    // Times that reading waited for a user's rate.
    std::uint64_t throttled_reads = 0;
    // Times that a consumer blocked its publishers for max_block.
    std::uint64_t expired_blocks = 0;
    // Datagrams that the kernel dropped because they were not read in time.
    std::uint64_t kernel_drops = 0;
    // Messages that were published although their protocol could not read them.
    std::uint64_t unparsed_messages = 0;
    std::array<std::uint64_t, kDropReasons> dropped{};
    std::array<std::uint64_t, broker::kCloseReasons> closed{};
    std::array<std::uint64_t, 128> refusals{};  // by v1::ErrorCode
    // Messages that were offered to streams, and those of them, and other durable publications,
    // that were refused: they reached no client.
    std::uint64_t captured_messages = 0;
    std::array<std::uint64_t, 128> refused_publications{};  // by v1::ErrorCode
    // Connections that became WebSockets, and requests for one that were refused.
    std::uint64_t upgrades = 0;
    std::array<std::uint64_t, web::kUpgradeFaults> refused_upgrades{};
    DurationHistogram request_durations;

    std::uint64_t dropped_messages() const {
        return std::accumulate(dropped.begin(), dropped.end(), std::uint64_t{0});
    }

    void drop(DropReason reason, std::uint64_t count = 1) {
        dropped[static_cast<std::size_t>(reason)] += count;
    }

    void refuse(web::UpgradeFault fault) { ++refused_upgrades[static_cast<std::size_t>(fault)]; }

    void refuse(v1::ErrorCode code) {
        const auto index = static_cast<std::size_t>(code);
        ++refusals[index < refusals.size() ? index : 0];
    }

    void refuse_publication(v1::ErrorCode code) {
        const auto index = static_cast<std::size_t>(code);
        ++refused_publications[index < refused_publications.size() ? index : 0];
    }
};

// One shard's counters and levels, as they are summed for $SYS.stats.
struct ShardSnapshot {
    Counters counters;
    std::uint64_t connections = 0;
    std::uint64_t subscriptions = 0;
    std::uint64_t pending_requests = 0;
    std::uint64_t pending_bytes = 0;
    std::uint64_t waiting_messages = 0;  // for credit
    std::uint64_t queued_messages = 0;   // taken by clients, and not written
    std::uint64_t turns = 0;
    // reactor::WorkMeter, reactor::ReadyQueue
    std::uint64_t work = 0;
    std::uint64_t overdrafts = 0;
    std::uint64_t largest_slice = 0;
    std::chrono::nanoseconds cpu{0};
    std::chrono::nanoseconds lag{0};  // between the query and this reply

    // Never decreases.
    std::uint64_t delivered_messages() const { return counters.taken_messages - queued_messages; }
};

// Adds a shard's figures to the sum, and its row to the list of reactors.
void add_to(v1::ServerStats& stats, std::uint32_t reactor, const ShardSnapshot& snapshot);

}  // namespace telex::exchange

#include "exchange/counters.hpp"

#include "telex/v1/sys.pb.h"

#include <span>
#include <string>
#include <utility>

namespace telex::exchange {

namespace {

void add_named(
    google::protobuf::Map<std::string, std::uint64_t>& map,
    std::string_view name,
    std::uint64_t count
) {
    if (count != 0) {
        map[std::string(name)] += count;
    }
}

void add_by_code(
    google::protobuf::Map<std::string, std::uint64_t>& map,
    std::span<const std::uint64_t> counts  // by v1::ErrorCode
) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] != 0) {
            add_named(map, v1::ErrorCode_Name(static_cast<int>(i)), counts[i]);
        }
    }
}

// Snapshots come in any order, rows stand in the reactors' order.
v1::ReactorStats& row_of(v1::ServerStats& stats, std::uint32_t reactor) {
    while (std::cmp_less_equal(stats.reactors_size(), reactor)) {
        const auto index = static_cast<std::uint32_t>(stats.reactors_size());
        stats.add_reactors()->set_reactor(index);
    }
    return *stats.mutable_reactors(static_cast<int>(reactor));
}

void add_durations(v1::Histogram& histogram, const DurationHistogram& from) {
    if (histogram.counts().empty()) {
        for (std::size_t i = 0; i < DurationHistogram::kBounds; ++i) {
            histogram.add_bounds_seconds(
                std::chrono::duration<double>(DurationHistogram::bound(i)).count()
            );
        }
        histogram.mutable_counts()->Resize(static_cast<int>(from.counts.size()), 0);
    }
    for (std::size_t i = 0; i < from.counts.size(); ++i) {
        const int part = static_cast<int>(i);
        histogram.set_counts(part, histogram.counts(part) + from.counts[i]);
    }
    histogram.set_sum_seconds(
        histogram.sum_seconds() + static_cast<double>(from.sum_microseconds) / 1e6
    );
}

}  // namespace

void add_to(v1::ServerStats& stats, std::uint32_t reactor, const ShardSnapshot& snapshot) {
    const Counters& from = snapshot.counters;
    stats.set_connections(stats.connections() + snapshot.connections);
    stats.set_connections_total(stats.connections_total() + from.connections_total);
    stats.set_subscriptions(stats.subscriptions() + snapshot.subscriptions);
    stats.set_pending_requests(stats.pending_requests() + snapshot.pending_requests);
    stats.set_pending_bytes(stats.pending_bytes() + snapshot.pending_bytes);
    stats.set_waiting_messages(stats.waiting_messages() + snapshot.waiting_messages);
    stats.set_queued_messages(stats.queued_messages() + snapshot.queued_messages);
    stats.set_received_messages(stats.received_messages() + from.received_messages);
    stats.set_received_bytes(stats.received_bytes() + from.received_bytes);
    stats.set_routed_messages(stats.routed_messages() + from.routed_messages);
    stats.set_delivered_messages(stats.delivered_messages() + snapshot.delivered_messages());
    stats.set_sent_bytes(stats.sent_bytes() + from.sent_bytes);
    stats.set_kernel_dropped_datagrams(stats.kernel_dropped_datagrams() + from.kernel_drops);
    stats.set_unrouted_messages(stats.unrouted_messages() + from.unrouted_messages);
    stats.set_unparsed_messages(stats.unparsed_messages() + from.unparsed_messages);
    stats.set_throttled_reads(stats.throttled_reads() + from.throttled_reads);
    stats.set_expired_blocks(stats.expired_blocks() + from.expired_blocks);
    for (std::size_t i = 0; i < kDropReasons; ++i) {
        add_named(
            *stats.mutable_dropped_messages(), name_of(static_cast<DropReason>(i)), from.dropped[i]
        );
    }
    for (std::size_t i = 0; i < broker::kCloseReasons; ++i) {
        add_named(
            *stats.mutable_closed_connections(),
            broker::name_of(static_cast<broker::CloseReason>(i)),
            from.closed[i]
        );
    }
    add_by_code(*stats.mutable_refusals(), from.refusals);
    stats.set_captured_messages(stats.captured_messages() + from.captured_messages);
    add_by_code(*stats.mutable_refused_publications(), from.refused_publications);
    stats.set_websocket_upgrades(stats.websocket_upgrades() + from.upgrades);
    for (std::size_t i = 0; i < from.refused_upgrades.size(); ++i) {
        add_named(
            *stats.mutable_refused_websocket_upgrades(),
            web::name_of(static_cast<web::UpgradeFault>(i)),
            from.refused_upgrades[i]
        );
    }
    auto& row = row_of(stats, reactor);
    row.set_connections(snapshot.connections);
    row.set_subscriptions(snapshot.subscriptions);
    row.set_turns(snapshot.turns);
    row.set_handed_over_messages(from.handed_over_messages);
    row.set_cpu_nanoseconds(snapshot.cpu.count());
    row.set_lag_nanoseconds(snapshot.lag.count());
    row.set_pending_bytes(snapshot.pending_bytes);
    row.set_received_messages(from.received_messages);
    row.set_routed_messages(from.routed_messages);
    row.set_delivered_messages(snapshot.delivered_messages());
    row.set_dropped_messages(from.dropped_messages());
    row.set_waiting_messages(snapshot.waiting_messages);
    row.set_queued_messages(snapshot.queued_messages);
    row.set_work(snapshot.work);
    row.set_overdrafts(snapshot.overdrafts);
    row.set_largest_slice(snapshot.largest_slice);
    add_durations(*stats.mutable_request_durations(), from.request_durations);
}

}  // namespace telex::exchange

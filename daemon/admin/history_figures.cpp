#include "admin/history_figures.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace telex::admin {

namespace {

std::uint64_t dropped(const v1::ServerStats& stats) {
    const auto& reasons = stats.dropped_messages();
    return std::accumulate(
        reasons.begin(),
        reasons.end(),
        std::uint64_t{0},
        [](std::uint64_t sum, const auto& reason) { return sum + reason.second; }
    );
}

// The upper bound of the bucket in which this share of the durations is reached. The last bucket
// has none, and is shown as the one before it.
float quantile(const v1::Histogram& before, const v1::Histogram& after, double share) {
    const int buckets = std::min(after.counts_size(), after.bounds_seconds_size() + 1);
    const auto count = [&](int bucket) {
        const std::uint64_t old = bucket < before.counts_size() ? before.counts(bucket) : 0;
        return after.counts(bucket) - old;
    };
    std::uint64_t all = 0;
    for (int bucket = 0; bucket < buckets; ++bucket) {
        all += count(bucket);
    }
    std::uint64_t seen = 0;
    for (int bucket = 0; all > 0 && bucket < buckets; ++bucket) {
        seen += count(bucket);
        if (static_cast<double>(seen) >= share * static_cast<double>(all)) {
            const int bound = std::min(bucket, after.bounds_seconds_size() - 1);
            return static_cast<float>(after.bounds_seconds(bound));
        }
    }
    return HistoryFigures::kNone;
}

struct Load {
    float mean = 0;
    float max = 0;
};

Load load_between(
    const v1::ServerStats& before,
    const v1::ServerStats& after,
    std::chrono::duration<double> between
) {
    Load load;
    const int reactors = std::min(before.reactors_size(), after.reactors_size());
    for (int i = 0; i < reactors; ++i) {
        const auto used =
            after.reactors(i).cpu_nanoseconds() - before.reactors(i).cpu_nanoseconds();
        const double share = static_cast<double>(used) / 1e9 / between.count();
        const auto busy = static_cast<float>(std::clamp(share, 0.0, 1.0));
        load.mean += busy / static_cast<float>(reactors);
        load.max = std::max(load.max, busy);
    }
    return load;
}

}  // namespace

HistoryFigures figures_between(
    const v1::ServerStats& before,
    const v1::ServerStats& after,
    std::chrono::duration<double> between
) {
    const auto rate = [&](std::uint64_t old, std::uint64_t now) {
        return static_cast<float>(static_cast<double>(now - old) / between.count());
    };
    const Load load = load_between(before, after, between);
    return {
        .received_messages = rate(before.received_messages(), after.received_messages()),
        .delivered_messages = rate(before.delivered_messages(), after.delivered_messages()),
        .dropped_messages = rate(dropped(before), dropped(after)),
        .received_bytes = rate(before.received_bytes(), after.received_bytes()),
        .sent_bytes = rate(before.sent_bytes(), after.sent_bytes()),
        .connections = static_cast<float>(after.connections()),
        .pending_bytes = static_cast<float>(after.pending_bytes()),
        .request_median_seconds =
            quantile(before.request_durations(), after.request_durations(), 0.5),
        .request_p99_seconds =
            quantile(before.request_durations(), after.request_durations(), 0.99),
        .reactor_load_mean = load.mean,
        .reactor_load_max = load.max,
    };
}

void add_figures(v1::History& to, const HistoryFigures& figures) {
    to.add_received_messages(figures.received_messages);
    to.add_delivered_messages(figures.delivered_messages);
    to.add_dropped_messages(figures.dropped_messages);
    to.add_received_bytes(figures.received_bytes);
    to.add_sent_bytes(figures.sent_bytes);
    to.add_connections(figures.connections);
    to.add_pending_bytes(figures.pending_bytes);
    to.add_request_median_seconds(figures.request_median_seconds);
    to.add_request_p99_seconds(figures.request_p99_seconds);
    to.add_reactor_load_mean(figures.reactor_load_mean);
    to.add_reactor_load_max(figures.reactor_load_max);
}

}  // namespace telex::admin

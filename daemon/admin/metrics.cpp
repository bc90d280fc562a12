#include "admin/metrics.hpp"

#include "admin/metrics_page.hpp"
#include "admin/stream_metrics.hpp"
#include "broker/close_reason.hpp"
#include "exchange/counters.hpp"

#include <string_view>

namespace telex::admin {

namespace {

using prometheus::MetricType;
using Page = MetricsPage;
using Labels = MetricsPage::Labels;
using Counts = google::protobuf::Map<std::string, std::uint64_t>;

double count_of(const Counts& counts, std::string_view name) {
    const auto found = counts.find(std::string(name));
    return found == counts.end() ? 0 : number(found->second);
}

void add_drops(Page& page, const v1::ServerStats& stats) {
    page.begin(
        "telex_dropped_messages_total",
        "Deliveries that did not happen, by reason.",
        MetricType::Counter
    );
    for (std::size_t i = 0; i < exchange::kDropReasons; ++i) {
        const auto reason = exchange::name_of(static_cast<exchange::DropReason>(i));
        page.sample(count_of(stats.dropped_messages(), reason), {{"reason", std::string(reason)}});
    }
}

void add_websockets(Page& page, const v1::ServerStats& stats) {
    page.counter(
        "telex_websocket_upgrades_total",
        "Connections that became WebSockets.",
        number(stats.websocket_upgrades())
    );
    page.begin(
        "telex_refused_websocket_upgrades_total",
        "Requests for a WebSocket that were refused, by reason.",
        MetricType::Counter
    );
    for (std::size_t i = 0; i < web::kUpgradeFaults; ++i) {
        const auto reason = web::name_of(static_cast<web::UpgradeFault>(i));
        page.sample(
            count_of(stats.refused_websocket_upgrades(), reason), {{"reason", std::string(reason)}}
        );
    }
}

void add_refusals(Page& page, const v1::ServerStats& stats) {
    page.begin("telex_refusals_total", "Requests refused, by error code.", MetricType::Counter);
    for (int code = v1::ErrorCode_MIN; code <= v1::ErrorCode_MAX; ++code) {
        if (code != 0 && v1::ErrorCode_IsValid(code)) {
            const std::string& name = v1::ErrorCode_Name(code);
            page.sample(count_of(stats.refusals(), name), {{"code", name}});
        }
    }
}

void add_captures(Page& page, const v1::ServerStats& stats) {
    page.counter(
        "telex_captured_messages_total",
        "Messages that were offered to streams.",
        number(stats.captured_messages())
    );
    page.begin(
        "telex_refused_publications_total",
        "Messages that reached no client because they were not stored, by error code.",
        MetricType::Counter
    );
    for (int code = v1::NO_STREAM; code <= v1::STORAGE_FAILED; ++code) {
        const std::string& name = v1::ErrorCode_Name(code);
        page.sample(count_of(stats.refused_publications(), name), {{"code", name}});
    }
}

void add_traffic(Page& page, const v1::ServerStats& stats) {
    page.counter(
        "telex_received_messages_total",
        "Messages and requests that clients published.",
        number(stats.received_messages())
    );
    page.counter(
        "telex_received_bytes_total", "Bytes that clients sent.", number(stats.received_bytes())
    );
    page.counter(
        "telex_routed_messages_total",
        "Deliveries to be made: delivered, dropped, waiting or queued.",
        number(stats.routed_messages())
    );
    page.counter(
        "telex_delivered_messages_total",
        "Messages written to subscribers and requesters.",
        number(stats.delivered_messages())
    );
    page.counter("telex_sent_bytes_total", "Bytes sent to clients.", number(stats.sent_bytes()));
    page.counter(
        "telex_unrouted_messages_total",
        "Messages that no subscription matched.",
        number(stats.unrouted_messages())
    );
    page.counter(
        "telex_unparsed_messages_total",
        "Messages that were published although their protocol could not read them.",
        number(stats.unparsed_messages())
    );
    add_drops(page, stats);
    page.counter(
        "telex_kernel_dropped_datagrams_total",
        "Datagrams that came faster than they were read.",
        number(stats.kernel_dropped_datagrams())
    );
    page.counter(
        "telex_throttled_reads_total",
        "Times that reading waited for the rate of a user.",
        number(stats.throttled_reads())
    );
    page.counter(
        "telex_expired_blocks_total",
        "Times that a consumer blocked its publishers for max_block.",
        number(stats.expired_blocks())
    );
    page.counter(
        "telex_published_events_total",
        "Events that were published on $SYS.event.*.",
        number(stats.published_events())
    );
    page.counter(
        "telex_suppressed_events_total",
        "Events that were left out because there were too many in a second.",
        number(stats.suppressed_events())
    );
    add_refusals(page, stats);
    add_captures(page, stats);
    add_websockets(page, stats);
    page.histogram(
        "telex_request_duration_seconds",
        "From the arrival of a request to its reply.",
        stats.request_durations()
    );
}

void add_levels(Page& page, const v1::ServerStats& stats, const v1::ServerInfo& info) {
    page.gauge("telex_subscriptions", "Subscriptions in force.", number(stats.subscriptions()));
    page.gauge(
        "telex_pending_requests",
        "Requests that wait for their reply.",
        number(stats.pending_requests())
    );
    page.gauge(
        "telex_pending_bytes",
        "Memory that queued messages and connections hold.",
        number(stats.pending_bytes())
    );
    page.gauge(
        "telex_memory_budget_bytes",
        "Limit of telex_pending_bytes.",
        number(info.memory_budget_bytes())
    );
    page.gauge(
        "telex_waiting_messages",
        "Messages that wait until a client gives credit.",
        number(stats.waiting_messages())
    );
    page.gauge(
        "telex_queued_messages",
        "Messages in the send queues of subscribers and requesters.",
        number(stats.queued_messages())
    );
}

void add_listeners(Page& page, const v1::ListenerList& list, const v1::ServerStats& stats) {
    const auto each = [&](const auto& sample) {
        for (const v1::ListenerStatus& row : list.listeners()) {
            sample(row, Labels{{"listener", row.name()}});
        }
    };
    page.begin(
        "telex_listener_info", "1, with the protocol of a listener as a label.", MetricType::Gauge
    );
    for (const v1::ListenerStatus& row : list.listeners()) {
        page.sample(1, {{"listener", row.name()}, {"protocol", row.protocol()}});
    }
    page.begin("telex_connections", "Connections that are open.", MetricType::Gauge);
    each([&](const auto& row, const Labels& labels) {
        page.sample(number(row.connections()), labels);
    });
    page.begin(
        "telex_connections_limit", "How many connections a listener takes.", MetricType::Gauge
    );
    each([&](const auto& row, const Labels& labels) {
        page.sample(number(row.max_connections()), labels);
    });
    page.begin(
        "telex_unreachable_addresses",
        "Addresses of a listener whose socket file was deleted.",
        MetricType::Gauge
    );
    each([&](const auto& row, const Labels& labels) {
        page.sample(number(static_cast<std::uint64_t>(row.unreachable_addresses_size())), labels);
    });
    page.begin(
        "telex_accepted_connections_total",
        "Connections and datagram peers that came.",
        MetricType::Counter
    );
    each([&](const auto& row, const Labels& labels) {
        page.sample(number(row.accepted_total()), labels);
    });
    page.begin(
        "telex_closed_connections_total", "Connections that ended, by reason.", MetricType::Counter
    );
    for (std::size_t i = 0; i < broker::kCloseReasons; ++i) {
        const auto reason = broker::name_of(static_cast<broker::CloseReason>(i));
        page.sample(
            count_of(stats.closed_connections(), reason), {{"reason", std::string(reason)}}
        );
    }
    page.begin(
        "telex_tls_certificate_expiry_timestamp_seconds",
        "When the certificate of a listener ends.",
        MetricType::Gauge
    );
    each([&](const auto& row, const Labels& labels) {
        if (row.certificate_expires_unix_seconds() != 0) {
            page.sample(static_cast<double>(row.certificate_expires_unix_seconds()), labels);
        }
    });
}

void add_reactors(Page& page, const v1::ServerStats& stats) {
    const auto each = [&](const auto& value) {
        for (const v1::ReactorStats& row : stats.reactors()) {
            page.sample(value(row), {{"reactor", std::to_string(row.reactor())}});
        }
    };
    page.begin(
        "telex_reactor_cpu_seconds_total", "Processor time of a reactor.", MetricType::Counter
    );
    each([](const auto& row) { return static_cast<double>(row.cpu_nanoseconds()) / 1e9; });
    page.begin("telex_reactor_turns_total", "Turns of a reactor's loop.", MetricType::Counter);
    each([](const auto& row) { return number(row.turns()); });
    page.begin(
        "telex_reactor_work_total",
        "Work that a reactor did for clients, in units of about 10 ns.",
        MetricType::Counter
    );
    each([](const auto& row) { return number(row.work()); });
    page.begin(
        "telex_reactor_overdrafts_total",
        "Slices that exceeded their share of work by a whole share or more.",
        MetricType::Counter
    );
    each([](const auto& row) { return number(row.overdrafts()); });
    page.begin(
        "telex_reactor_lag_seconds",
        "How long this query waited for the reactor.",
        MetricType::Gauge
    );
    each([](const auto& row) { return static_cast<double>(row.lag_nanoseconds()) / 1e9; });
    page.begin("telex_reactor_connections", "Connections of a reactor.", MetricType::Gauge);
    each([](const auto& row) { return number(row.connections()); });
    page.begin(
        "telex_reactor_handed_over_messages_total",
        "Messages that a reactor gave to another one.",
        MetricType::Counter
    );
    each([](const auto& row) { return number(row.handed_over_messages()); });
}

void add_daemon(Page& page, const Figures& figures) {
    page.begin("telex_build_info", "1; the version is in the label.", MetricType::Gauge);
    page.sample(1, {{"version", figures.info.server_version()}});
    page.gauge("telex_draining", "1 while the daemon stops.", flag(figures.state.draining));
    page.gauge(
        "telex_config_last_reload_successful",
        "0 when the last reload was refused.",
        flag(!figures.state.refused_reload)
    );
    page.gauge(
        "telex_config_last_reload_success_timestamp_seconds",
        "When the configuration in force was loaded.",
        static_cast<double>(figures.state.configured_unix_seconds)
    );
    const ProcessFacts& process = figures.process;
    page.counter(
        "process_cpu_seconds_total", "Processor time of the process.", process.cpu_seconds
    );
    page.gauge("process_start_time_seconds", "When the process began.", process.start_unix_seconds);
    page.gauge(
        "process_resident_memory_bytes",
        "Memory of the process that is resident.",
        number(process.resident_bytes)
    );
    page.gauge("process_open_fds", "Open descriptors.", number(process.open_descriptors));
    page.gauge("process_max_fds", "Most open descriptors.", number(process.most_descriptors));
}

}  // namespace

std::string prometheus_text(const Figures& figures) {
    Page page;
    add_daemon(page, figures);
    add_listeners(page, figures.listeners, figures.stats);
    add_traffic(page, figures.stats);
    add_levels(page, figures.stats, figures.info);
    add_reactors(page, figures.stats);
    if (figures.storage) {
        add_storage(page, *figures.storage, figures.streams);
        add_consumers(page, figures.consumers);
    }
    return page.text();
}

}  // namespace telex::admin

#include "admin/stream_metrics.hpp"

#include "access/accounts.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace telex::admin {

namespace {

using prometheus::MetricType;
using StreamLabels = MetricsPage::Labels;
using Streams = std::span<const v1::StreamInfo>;

std::string account_label(const std::string& account) {
    return account.empty() ? std::string(access::kDefaultAccountName) : account;
}

StreamLabels labels_of(const v1::StreamInfo& stream) {
    return {
        {"account", account_label(stream.config().account())}, {"stream", stream.config().name()}
    };
}

template <class Value>
void add_stream_metric(
    MetricsPage& page,
    Streams streams,
    std::string_view name,
    std::string_view help,
    MetricType type,
    Value value
) {
    page.begin(std::string(name), std::string(help), type);
    for (const v1::StreamInfo& stream : streams) {
        page.sample(number(value(stream)), labels_of(stream));
    }
}

void add_stream_refusals(MetricsPage& page, Streams streams) {
    page.begin(
        "telex_stream_refused_messages_total",
        "Publications that a stream refused, by reason.",
        MetricType::Counter
    );
    for (const v1::StreamInfo& stream : streams) {
        // A map of protobuf has no order.
        std::vector<std::pair<std::string, std::uint64_t>> rows(
            stream.refused_messages().begin(), stream.refused_messages().end()
        );
        std::ranges::sort(rows);
        for (const auto& [reason, count] : rows) {
            StreamLabels labels = labels_of(stream);
            labels.push_back({"reason", reason});
            page.sample(number(count), std::move(labels));
        }
    }
}

void add_streams(MetricsPage& page, Streams streams) {
    add_stream_metric(
        page,
        streams,
        "telex_stream_messages",
        "Messages in a stream.",
        MetricType::Gauge,
        [](const auto& row) { return row.messages(); }
    );
    add_stream_metric(
        page,
        streams,
        "telex_stream_bytes",
        "Size of the messages in a stream, before compression.",
        MetricType::Gauge,
        [](const auto& row) { return row.bytes(); }
    );
    add_stream_metric(
        page,
        streams,
        "telex_stream_last_sequence",
        "Sequence of the last message of a stream.",
        MetricType::Gauge,
        [](const auto& row) { return row.last_sequence(); }
    );
    add_stream_metric(
        page,
        streams,
        "telex_stream_stored_messages_total",
        "Publications that a stream stored.",
        MetricType::Counter,
        [](const auto& row) { return row.stored_messages(); }
    );
    add_stream_metric(
        page,
        streams,
        "telex_stream_duplicates_total",
        "Publications whose message id a stream had stored before.",
        MetricType::Counter,
        [](const auto& row) { return row.duplicates(); }
    );
    add_stream_refusals(page, streams);
}

template <class Value>
void add_consumer_metric(
    MetricsPage& page,
    const storage::Engine::FirstConsumers& consumers,
    std::string_view name,
    std::string_view help,
    MetricType type,
    Value value
) {
    page.begin(std::string(name), std::string(help), type);
    for (const auto& [account, info] : consumers.durable) {
        page.sample(
            number(value(info)),
            {{"account", account_label(account)},
             {"stream", info.stream()},
             {"consumer", info.name()}}
        );
    }
}

void add_store(MetricsPage& page, const v1::StorageInfo& storage) {
    constexpr std::array<std::string_view, 3> kStates{"ok", "full", "failed"};
    page.begin("telex_storage_state", "1 for the state that the store is in.", MetricType::Gauge);
    for (const std::string_view state : kStates) {
        page.sample(flag(storage.state() == state), {{"state", std::string(state)}});
    }
    page.counter("telex_storage_commits_total", "Commits to the store.", number(storage.commits()));
    page.counter(
        "telex_storage_committed_messages_total",
        "Messages in these commits.",
        number(storage.committed_messages())
    );
    page.counter(
        "telex_storage_written_bytes_total",
        "Bytes in these commits.",
        number(storage.written_bytes())
    );
    page.counter(
        "telex_storage_sync_seconds_total",
        "Time that commits waited for the disk.",
        storage.sync_seconds_sum()
    );
    page.counter(
        "telex_storage_commit_seconds_total", "Time of all commits.", storage.commit_seconds_sum()
    );
    page.gauge(
        "telex_storage_disk_bytes", "Size of the store's files.", number(storage.disk_bytes())
    );
    page.gauge(
        "telex_storage_free_bytes",
        "Free space of the store's file system.",
        number(storage.free_bytes())
    );
}

}  // namespace

void add_storage(
    MetricsPage& page, const v1::StorageInfo& storage, const std::vector<v1::StreamInfo>& streams
) {
    add_store(page, storage);
    page.gauge("telex_streams", "Streams.", number(streams.size()));
    add_streams(page, Streams(streams).first(std::min(streams.size(), kMostMeasuredStreams)));
}

void add_consumers(MetricsPage& page, const storage::Engine::FirstConsumers& consumers) {
    page.gauge("telex_consumers", "Consumers of streams.", number(consumers.total));
    add_consumer_metric(
        page,
        consumers,
        "telex_consumer_in_flight",
        "Messages that a consumer has delivered and that are not settled.",
        MetricType::Gauge,
        [](const auto& row) { return row.in_flight(); }
    );
    add_consumer_metric(
        page,
        consumers,
        "telex_consumer_lag",
        "Sequences from a consumer to the end of its stream.",
        MetricType::Gauge,
        [](const auto& row) { return row.lag(); }
    );
    add_consumer_metric(
        page,
        consumers,
        "telex_consumer_redeliveries_total",
        "Messages that a consumer delivered again.",
        MetricType::Counter,
        [](const auto& row) { return row.redeliveries(); }
    );
    add_consumer_metric(
        page,
        consumers,
        "telex_consumer_dead_letters_total",
        "Messages that a consumer gave up.",
        MetricType::Counter,
        [](const auto& row) { return row.dead_letters(); }
    );
}

}  // namespace telex::admin

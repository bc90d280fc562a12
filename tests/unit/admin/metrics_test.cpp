#include "admin/metrics.hpp"

#include "admin/stream_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::admin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PrometheusText, NamesEveryReasonAlsoBeforeItHappens) {
    const std::string text = prometheus_text({});
    EXPECT_THAT(text, HasSubstr("telex_dropped_messages_total{reason=\"slow_newest\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("telex_closed_connections_total{reason=\"kicked\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("telex_refusals_total{code=\"PERMISSION_DENIED\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("telex_refused_publications_total{code=\"STREAM_FULL\"} 0\n"));
}

TEST(PrometheusText, CountsTheMessagesOfStreams) {
    Figures figures;
    figures.stats.set_captured_messages(7);
    (*figures.stats.mutable_refused_publications())["STREAM_FULL"] = 2;
    const std::string text = prometheus_text(figures);
    EXPECT_THAT(text, HasSubstr("telex_captured_messages_total 7\n"));
    EXPECT_THAT(text, HasSubstr("telex_refused_publications_total{code=\"STREAM_FULL\"} 2\n"));
}

TEST(PrometheusText, SumsUpTheHistogram) {
    Figures figures;
    auto& durations = *figures.stats.mutable_request_durations();
    for (const double bound : {0.1, 0.2}) {
        durations.add_bounds_seconds(bound);
    }
    for (const std::uint64_t count : {3U, 2U, 1U}) {
        durations.add_counts(count);
    }
    durations.set_sum_seconds(1.5);
    const std::string text = prometheus_text(figures);
    EXPECT_THAT(text, HasSubstr("telex_request_duration_seconds_bucket{le=\"0.1\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("telex_request_duration_seconds_bucket{le=\"0.2\"} 5\n"));
    EXPECT_THAT(text, HasSubstr("telex_request_duration_seconds_bucket{le=\"+Inf\"} 6\n"));
    EXPECT_THAT(text, HasSubstr("telex_request_duration_seconds_count 6\n"));
    EXPECT_THAT(text, HasSubstr("telex_request_duration_seconds_sum 1.5\n"));
}

TEST(PrometheusText, TellsWhenCertificatesEndWhereThereAreSome) {
    Figures figures;
    figures.listeners.add_listeners()->set_name("plain");
    auto& secure = *figures.listeners.add_listeners();
    secure.set_name("secure");
    secure.set_certificate_expires_unix_seconds(1'800'000'000);
    const std::string text = prometheus_text(figures);
    EXPECT_THAT(
        text,
        HasSubstr("telex_tls_certificate_expiry_timestamp_seconds{listener=\"secure\"} 1800000000\n"
        )
    );
    EXPECT_THAT(text, Not(HasSubstr("expiry_timestamp_seconds{listener=\"plain\"}")));
}

TEST(PrometheusText, NamesTheProtocolOfEachListener) {
    Figures figures;
    auto& row = *figures.listeners.add_listeners();
    row.set_name("a");
    row.set_protocol("nats");
    EXPECT_THAT(
        prometheus_text(figures),
        HasSubstr("telex_listener_info{listener=\"a\",protocol=\"nats\"} 1\n")
    );
}

TEST(PrometheusText, EscapesLabels) {
    Figures figures;
    figures.listeners.add_listeners()->set_name("a\"b\\c\nd");
    EXPECT_THAT(prometheus_text(figures), HasSubstr("{listener=\"a\\\"b\\\\c\\nd\"}"));
}

TEST(PrometheusText, HasNoStreamsWithoutStorage) {
    EXPECT_THAT(prometheus_text({}), Not(HasSubstr("telex_stream")));
    EXPECT_THAT(prometheus_text({}), Not(HasSubstr("telex_storage")));
    EXPECT_THAT(prometheus_text({}), Not(HasSubstr("telex_consumer")));
}

v1::StreamInfo stream_named(const std::string& name) {
    v1::StreamInfo stream;
    stream.mutable_config()->set_name(name);
    return stream;
}

TEST(PrometheusText, DescribesStreamsAndTheirStore) {
    Figures figures;
    figures.storage.emplace();
    figures.storage->set_state("full");
    figures.storage->set_commits(3);
    figures.storage->set_sync_seconds_sum(0.25);
    v1::StreamInfo& orders = figures.streams.emplace_back(stream_named("orders"));
    orders.mutable_config()->set_account("shop");
    orders.set_messages(5);
    orders.set_last_sequence(9);
    (*orders.mutable_refused_messages())["too_large"] = 2;
    figures.streams.push_back(stream_named("plain"));
    const std::string text = prometheus_text(figures);
    EXPECT_THAT(text, HasSubstr("telex_storage_state{state=\"full\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("telex_storage_state{state=\"ok\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("telex_storage_commits_total 3\n"));
    EXPECT_THAT(text, HasSubstr("telex_storage_sync_seconds_total 0.25\n"));
    EXPECT_THAT(text, HasSubstr("telex_streams 2\n"));
    EXPECT_THAT(text, HasSubstr("telex_stream_messages{account=\"shop\",stream=\"orders\"} 5\n"));
    EXPECT_THAT(
        text, HasSubstr("telex_stream_last_sequence{account=\"shop\",stream=\"orders\"} 9\n")
    );
    EXPECT_THAT(
        text,
        HasSubstr("telex_stream_refused_messages_total{account=\"shop\",stream=\"orders\","
                  "reason=\"too_large\"} 2\n")
    );
    EXPECT_THAT(text, HasSubstr("telex_stream_bytes{account=\"default\",stream=\"plain\"} 0\n"));
}

TEST(PrometheusText, LimitsTheStreams) {
    Figures figures;
    figures.storage.emplace();
    for (std::size_t i = 0; i <= kMostMeasuredStreams; ++i) {
        figures.streams.push_back(stream_named("s" + std::to_string(i)));
    }
    const std::string text = prometheus_text(figures);
    EXPECT_THAT(text, HasSubstr("telex_streams 201\n"));
    EXPECT_THAT(text, HasSubstr("stream=\"s199\""));
    EXPECT_THAT(text, Not(HasSubstr("stream=\"s200\"")));
}

TEST(PrometheusText, DescribesConsumers) {
    Figures figures;
    figures.storage.emplace();
    figures.consumers.total = 3;
    auto& billing = figures.consumers.durable.emplace_back();
    billing.account = "shop";
    billing.info.set_stream("orders");
    billing.info.set_name("billing");
    billing.info.set_in_flight(4);
    billing.info.set_lag(5);
    billing.info.set_redeliveries(6);
    billing.info.set_dead_letters(7);
    figures.consumers.durable.emplace_back().info.set_name("plain");
    const std::string text = prometheus_text(figures);
    const std::string labels = "{account=\"shop\",stream=\"orders\",consumer=\"billing\"}";
    EXPECT_THAT(text, HasSubstr("telex_consumers 3\n"));
    EXPECT_THAT(text, HasSubstr("telex_consumer_in_flight" + labels + " 4\n"));
    EXPECT_THAT(text, HasSubstr("telex_consumer_lag" + labels + " 5\n"));
    EXPECT_THAT(text, HasSubstr("telex_consumer_redeliveries_total" + labels + " 6\n"));
    EXPECT_THAT(text, HasSubstr("telex_consumer_dead_letters_total" + labels + " 7\n"));
    EXPECT_THAT(
        text,
        HasSubstr("telex_consumer_lag{account=\"default\",stream=\"\",consumer=\"plain\"} 0\n")
    );
}

TEST(ProcessFacts, AreThoseOfThisProcess) {
    const ProcessFacts facts = process_facts();
    EXPECT_GT(facts.resident_bytes, 1U << 20U);
    EXPECT_GE(facts.open_descriptors, 3U);
    EXPECT_GE(facts.most_descriptors, facts.open_descriptors);
    EXPECT_GT(facts.cpu_seconds, 0);
    EXPECT_GT(facts.start_unix_seconds, 1'700'000'000) << "after 2023";
}

}  // namespace
}  // namespace telex::admin

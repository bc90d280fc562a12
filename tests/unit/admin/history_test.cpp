// The history: one value for each step, whatever happens to the samples.
#include "admin/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace telex::admin {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Unix = std::chrono::system_clock::time_point;

constexpr TimePoint kStart{1000h};
constexpr Unix kUnixStart{std::chrono::seconds(1'800'000'000)};

MATCHER(IsNone, "") {
    return std::isnan(arg);
}

class HistoryTest : public ::testing::Test {
protected:
    // Everything was counted evenly: `rate` messages a second.
    void sample(TimePoint::duration after, std::uint64_t rate) {
        const auto passed = std::chrono::duration_cast<std::chrono::seconds>(after - last_);
        last_ = after;
        stats_.set_received_messages(
            stats_.received_messages() + rate * static_cast<std::uint64_t>(passed.count())
        );
        history_.add(kStart + after, stats_);
    }

    v1::History at(
        TimePoint::duration after, v1::GetHistory::Range range = v1::GetHistory::LAST_5_MINUTES
    ) {
        v1::GetHistory query;
        query.set_range(range);
        const auto unix_after = std::chrono::duration_cast<Unix::duration>(after);
        return history_.describe(query, kStart + after, kUnixStart + unix_after);
    }

    History history_;
    v1::ServerStats stats_;
    TimePoint::duration last_{};
};

std::int64_t end_seconds(const v1::History& history) {
    return (history.end_unix_nanoseconds() -
            std::chrono::nanoseconds(kUnixStart.time_since_epoch()).count()) /
           1'000'000'000;
}

TEST_F(HistoryTest, IsEmptyBeforeTheFirstStep) {
    EXPECT_EQ(at(0s).received_messages_size(), 0);
    sample(0s, 0);
    const auto history = at(4s);
    EXPECT_EQ(history.received_messages_size(), 0);
    EXPECT_EQ(history.step_seconds(), 5U);
    EXPECT_EQ(history.end_unix_nanoseconds(), 0);
}

TEST_F(HistoryTest, HasTheMeanOfEachStep) {
    sample(0s, 0);
    sample(5s, 10);
    sample(10s, 30);
    const auto history = at(12s);
    EXPECT_THAT(history.received_messages(), ElementsAre(10, 30));
    EXPECT_EQ(end_seconds(history), 10);
}

TEST_F(HistoryTest, HasAllFigures) {
    const auto fill = [&](std::uint64_t factor) {
        stats_.set_delivered_messages(10 * factor);
        (*stats_.mutable_dropped_messages())["expired"] = 5 * factor;
        (*stats_.mutable_dropped_messages())["too_large"] = 10 * factor;
        stats_.set_received_bytes(100 * factor);
        stats_.set_sent_bytes(200 * factor);
        stats_.set_connections(7 * factor);
        stats_.set_pending_bytes(4096 * factor);
        stats_.mutable_reactors(0)->set_cpu_nanoseconds(1'000'000'000 * std::int64_t(factor));
        stats_.mutable_reactors(1)->set_cpu_nanoseconds(4'000'000'000 * std::int64_t(factor));
    };
    stats_.add_reactors();
    stats_.add_reactors();
    fill(1);
    sample(0s, 0);
    fill(2);
    sample(5s, 0);
    const auto history = at(5s);
    EXPECT_THAT(history.received_messages(), ElementsAre(0));
    EXPECT_THAT(history.delivered_messages(), ElementsAre(2));
    EXPECT_THAT(history.dropped_messages(), ElementsAre(3));
    EXPECT_THAT(history.received_bytes(), ElementsAre(20));
    EXPECT_THAT(history.sent_bytes(), ElementsAre(40));
    EXPECT_THAT(history.connections(), ElementsAre(14));
    EXPECT_THAT(history.pending_bytes(), ElementsAre(8192));
    EXPECT_THAT(history.request_median_seconds(), ElementsAre(IsNone()));
    EXPECT_THAT(history.request_p99_seconds(), ElementsAre(IsNone()));
    EXPECT_THAT(history.reactor_load_mean(), ElementsAre(0.5F));
    EXPECT_THAT(history.reactor_load_max(), ElementsAre(0.8F));
}

TEST_F(HistoryTest, LimitsLoadsToTheWholeTime) {
    stats_.add_reactors();
    sample(0s, 0);
    stats_.mutable_reactors(0)->set_cpu_nanoseconds(6'000'000'000);
    sample(5s, 0);
    EXPECT_THAT(at(5s).reactor_load_max(), ElementsAre(1));
}

TEST_F(HistoryTest, HasUpperBoundsOfTheDurationsInTheStep) {
    auto& durations = *stats_.mutable_request_durations();
    for (const double bound : {0.001, 0.002, 0.004}) {
        durations.add_bounds_seconds(bound);
    }
    for (const std::uint64_t count : {1'000U, 0U, 0U, 0U}) {
        durations.add_counts(count);
    }
    sample(0s, 0);
    durations.set_counts(1, 98);
    durations.set_counts(2, 2);
    sample(5s, 0);
    durations.set_counts(3, 1);
    sample(10s, 0);
    const auto history = at(10s);
    EXPECT_THAT(history.request_median_seconds(), ElementsAre(0.002F, 0.004F));
    EXPECT_THAT(history.request_p99_seconds(), ElementsAre(0.004F, 0.004F))
        << "the longest have no bound, and are shown by the one before";
}

TEST_F(HistoryTest, ReplacesTheOldestSteps) {
    constexpr int kKept = 720;
    for (int step = 0; step <= kKept + 10; ++step) {
        sample(step * 5s, static_cast<std::uint64_t>(step));
    }
    const auto hour = at((kKept + 10) * 5s, v1::GetHistory::LAST_HOUR);
    ASSERT_EQ(hour.received_messages_size(), kKept);
    EXPECT_EQ(hour.received_messages(0), 11);
    EXPECT_EQ(hour.received_messages(kKept - 1), kKept + 10);
    const auto minutes = at((kKept + 10) * 5s);
    ASSERT_EQ(minutes.received_messages_size(), 60);
    EXPECT_EQ(minutes.received_messages(59), kKept + 10);
}

TEST_F(HistoryTest, HasAGapWhileTheDaemonIsStopped) {
    sample(0s, 0);
    sample(5s, 10);
    sample(25s, 10);
    sample(30s, 20);
    EXPECT_THAT(
        at(30s).received_messages(), ElementsAre(10, IsNone(), IsNone(), IsNone(), IsNone(), 20)
    );
}

TEST_F(HistoryTest, ShowsNothingOfTheRoundBeforeInAGap) {
    for (int step = 0; step <= 720; ++step) {
        sample(step * 5s, 1);
    }
    const auto later = 720 * 5s + 1h;
    sample(later, 0);
    const auto hour = at(later, v1::GetHistory::LAST_HOUR);
    ASSERT_EQ(hour.received_messages_size(), 720);
    EXPECT_THAT(hour.received_messages(), ::testing::Each(IsNone()));
}

TEST_F(HistoryTest, EndsWithAGapWhileSamplesAreMissing) {
    sample(0s, 0);
    sample(5s, 10);
    const auto history = at(18s);
    EXPECT_THAT(history.received_messages(), ElementsAre(10, IsNone(), IsNone()));
    EXPECT_EQ(end_seconds(history), 15);
}

TEST_F(HistoryTest, ToleratesSamplesThatAreEarlyOrLate) {
    sample(0s, 0);
    sample(6s, 10);
    sample(9s, 10);
    sample(17s, 10);
    EXPECT_THAT(at(17s).received_messages(), ElementsAre(10, 10, 10));
}

TEST_F(HistoryTest, IgnoresSecondSamplesOfAStepAndEarlierOnes) {
    sample(0s, 0);
    sample(5s, 10);
    sample(6s, 50);
    history_.add(kStart - 5s, stats_);
    EXPECT_THAT(at(6s).received_messages(), ElementsAre(10));
}

TEST_F(HistoryTest, DoesNotDependOnTheHostsClock) {
    sample(0s, 0);
    sample(5s, 10);
    v1::GetHistory query;
    const auto moved = history_.describe(query, kStart + 5s, kUnixStart + 5s - 24h);
    EXPECT_THAT(moved.received_messages(), ElementsAre(10));
    EXPECT_EQ(end_seconds(moved), 5 - 24 * 3'600);
}

TEST_F(HistoryTest, HasLongerStepsForLongerRanges) {
    for (int step = 0; step <= 36; ++step) {
        sample(step * 5s, step <= 18 ? 10 : 20);
    }
    for (const auto range :
         {v1::GetHistory::LAST_5_MINUTES, v1::GetHistory::LAST_15_MINUTES, v1::GetHistory::LAST_HOUR
         }) {
        EXPECT_EQ(at(180s, range).step_seconds(), 5U);
        EXPECT_EQ(at(180s, range).received_messages_size(), 36);
    }
    for (const auto range : {v1::GetHistory::LAST_6_HOURS, v1::GetHistory::LAST_24_HOURS}) {
        const auto history = at(180s, range);
        EXPECT_EQ(history.step_seconds(), 60U);
        EXPECT_THAT(history.received_messages(), ElementsAre(10, 10, 20));
        EXPECT_EQ(end_seconds(history), 180);
    }
}

TEST_F(HistoryTest, KeepsADayInMinutes) {
    constexpr int kKept = 24 * 60;
    for (int step = 0; step <= 12 * (kKept + 5); ++step) {
        sample(step * 5s, 1);
    }
    const auto day = at((kKept + 5) * 60s, v1::GetHistory::LAST_24_HOURS);
    EXPECT_EQ(day.received_messages_size(), kKept);
    EXPECT_THAT(day.received_messages(), ::testing::Each(1));
    EXPECT_EQ(at((kKept + 5) * 60s, v1::GetHistory::LAST_6_HOURS).received_messages_size(), 6 * 60);
}

TEST(HistorySize, IsFixedAndDocumented) {
    EXPECT_EQ(History::kBytes, 103'680U);
    std::ifstream file(std::string(TELEX_SOURCE_DIR) + "/docs/operations.md");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(text, HasSubstr("103,680 bytes"));
}

}  // namespace
}  // namespace telex::admin

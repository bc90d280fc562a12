#include "exchange/counters.hpp"

#include "telex/v1/sys.pb.h"

#include <gtest/gtest.h>

#include <string>

namespace telex::exchange {
namespace {

TEST(Counters, AddUpOverShards) {
    ShardSnapshot first;
    first.connections = 2;
    first.subscriptions = 3;
    first.pending_requests = 4;
    first.pending_bytes = 5;
    first.turns = 6;
    first.counters.received_messages = 10;
    first.counters.taken_messages = 20;
    first.queued_messages = 8;
    first.counters.handed_over_messages = 7;
    first.counters.drop(DropReason::slow_oldest, 3);
    first.counters.refuse(v1::BAD_SUBJECT);
    ++first.counters.closed[static_cast<std::size_t>(broker::CloseReason::client_closed)];
    ShardSnapshot second = first;
    second.connections = 5;
    second.counters.drop(DropReason::late_answer);
    v1::ServerStats stats;
    // They come as each reactor finds the time.
    add_to(stats, 1, second);
    add_to(stats, 0, first);
    EXPECT_EQ(stats.connections(), 7U);
    EXPECT_EQ(stats.subscriptions(), 6U);
    EXPECT_EQ(stats.pending_requests(), 8U);
    EXPECT_EQ(stats.pending_bytes(), 10U);
    EXPECT_EQ(stats.received_messages(), 20U);
    EXPECT_EQ(stats.delivered_messages(), 24U) << "those that are still queued are not";
    EXPECT_EQ(stats.queued_messages(), 16U);
    EXPECT_EQ(stats.dropped_messages().at("slow_oldest"), 6U);
    EXPECT_EQ(stats.dropped_messages().at("late_answer"), 1U);
    EXPECT_EQ(stats.dropped_messages().size(), 2U) << "what never happened is not listed";
    EXPECT_EQ(stats.refusals().at("BAD_SUBJECT"), 2U);
    EXPECT_EQ(stats.closed_connections().at("client_closed"), 2U);
    ASSERT_EQ(stats.reactors_size(), 2);
    EXPECT_EQ(stats.reactors(0).reactor(), 0U);
    EXPECT_EQ(stats.reactors(0).connections(), 2U);
    EXPECT_EQ(stats.reactors(0).delivered_messages(), 12U);
    EXPECT_EQ(stats.reactors(0).queued_messages(), 8U);
    EXPECT_EQ(stats.reactors(1).reactor(), 1U);
    EXPECT_EQ(stats.reactors(1).handed_over_messages(), 7U);
}

TEST(Counters, HaveAPlaceForEveryErrorCode) {
    Counters counters;
    for (int code = v1::ErrorCode_MIN; code <= v1::ErrorCode_MAX; ++code) {
        if (v1::ErrorCode_IsValid(code)) {
            counters.refuse(static_cast<v1::ErrorCode>(code));
            EXPECT_EQ(counters.refusals[static_cast<std::size_t>(code)], 1U) << code;
        }
    }
}

TEST(Counters, SumRefusedPublicationsByTheirCode) {
    ShardSnapshot one;
    one.counters.captured_messages = 3;
    one.counters.refuse_publication(v1::STREAM_FULL);
    ShardSnapshot two = one;
    two.counters.refuse_publication(v1::NO_STREAM);
    v1::ServerStats stats;
    add_to(stats, 0, one);
    add_to(stats, 1, two);
    EXPECT_EQ(stats.captured_messages(), 6U);
    EXPECT_EQ(stats.refused_publications().at("STREAM_FULL"), 2U);
    EXPECT_EQ(stats.refused_publications().at("NO_STREAM"), 1U);
    EXPECT_EQ(stats.refused_publications().size(), 2U);
}

}  // namespace
}  // namespace telex::exchange

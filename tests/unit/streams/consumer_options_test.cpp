#include "streams/consumer_options.hpp"

#include "streams/stream_state.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace telex::streams {
namespace {

using namespace std::chrono_literals;

StreamOptions plain_stream() {
    return {.name = "S", .subjects = {"a.>"}};
}

TEST(ConsumerOptions, DefaultsWithANameAreUsable) {
    EXPECT_TRUE(check({.name = "C"}, plain_stream()).empty());
}

TEST(ConsumerOptions, EachImpossibleSettingIsNamed) {
    struct Case {
        std::string setting;
        std::function<void(ConsumerOptions&)> change;
    };

    const std::vector<Case> cases = {
        {"name", [](auto& o) { o.name = "a b"; }},
        {"filters", [](auto& o) { o.filters = {"b"}; }},
        {"filters", [](auto& o) { o.filters = {"a.*", "a.b"}; }},
        {"filters", [](auto& o) { o.filters = {"a."}; }},
        {"start_sequence", [](auto& o) { o.start = StartPolicy::sequence; }},
        {"start_sequence", [](auto& o) { o.start_sequence = 4; }},
        {"start_time", [](auto& o) { o.start = StartPolicy::time; }},
        {"start_time", [](auto& o) { o.start_time = Time{}; }},
        {"max_in_flight", [](auto& o) { o.max_in_flight = 0; }},
        {"max_in_flight", [](auto& o) { o.max_in_flight = kMaxInFlight + 1; }},
        {"max_pulls", [](auto& o) { o.max_pulls = 0; }},
        {"ack_wait", [](auto& o) { o.ack_wait = 1ms; }},
        {"back_off", [](auto& o) { o.back_off = {0ms}; }},
        {"back_off",
         [](auto& o) {
             o.back_off = {1s, 2s};
             o.max_deliveries = 1;
         }},
        {"back_off",
         [](auto& o) {
             o.back_off = {1s};
             o.ack = AckPolicy::all;
         }},
        {"inactivity", [](auto& o) { o.inactivity = 0s; }},
        {"inactivity", [](auto& o) { o.durable = false; }},
        {"max_deliveries", [](auto& o) { o.max_deliveries = 0; }},
        {"max_deliveries",
         [](auto& o) {
             o.max_deliveries = 2;
             o.ack = AckPolicy::none;
         }},
        {"dead_letter_subject", [](auto& o) { o.dead_letter_subject = "x.*"; }},
        {"dead_letter_subject", [](auto& o) { o.dead_letter_subject = "a.b"; }},
        {"key_affinity",
         [](auto& o) {
             o.key_affinity = true;
             o.ack = AckPolicy::all;
         }},
        {"max_in_flight_per_key", [](auto& o) { o.max_in_flight_per_key = 2; }},
        {"max_in_flight_per_key",
         [](auto& o) {
             o.key_affinity = true;
             o.max_in_flight_per_key = 0;
         }},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        ConsumerOptions options{.name = "C"};
        cases[i].change(options);
        const auto problems = check(options, plain_stream());
        ASSERT_FALSE(problems.empty()) << "case " << i;
        EXPECT_EQ(problems.front().setting, cases[i].setting) << "case " << i;
    }
}

TEST(ConsumerOptions, AWorkQueueNeedsExplicitAcknowledgementFromTheStart) {
    StreamOptions queue = plain_stream();
    queue.retention = Retention::workqueue;
    EXPECT_TRUE(check({.name = "C"}, queue).empty());
    EXPECT_EQ(check({.name = "C", .ack = AckPolicy::none}, queue).front().setting, "ack");
    EXPECT_EQ(
        check({.name = "C", .start = StartPolicy::new_records}, queue).front().setting, "start"
    );
}

TEST(ConsumerOptions, ConsumersOverlapByTheirFilters) {
    const ConsumerOptions all{.name = "A"};
    const ConsumerOptions left{.name = "L", .filters = {"a.*", "b"}};
    const ConsumerOptions right{.name = "R", .filters = {"c", "a.b.>"}};
    EXPECT_TRUE(consumers_overlap(all, left));
    EXPECT_FALSE(consumers_overlap(left, right));
    EXPECT_TRUE(consumers_overlap(left, {.name = "X", .filters = {"a.x"}}));
}

class StartPoints : public testing::Test {
protected:
    StartPoints() {
        Removals removals;
        for (int i = 0; i < 10; ++i) {
            const auto placed = state_.decide(
                {.subject = i % 2 == 0 ? "a.even" : "a.odd", .bytes = 1}, Time(1s * i), removals
            );
            EXPECT_TRUE(placed);
        }
        state_.settle_before(3, removals);
        EXPECT_TRUE(state_.erase(1, "a.even", removals));
    }

    StartPoint start(const ConsumerOptions& options) const {
        return start_of(options, state_.records());
    }

    StreamState state_{plain_stream(), {}};
};

TEST_F(StartPoints, EachPolicyBeginsAtItsRecord) {
    EXPECT_EQ(start({}).next, 2U);
    EXPECT_EQ(start({.start = StartPolicy::new_records}).next, 11U);
    EXPECT_EQ(start({.start = StartPolicy::last}).next, 10U);
    EXPECT_EQ(start({.filters = {"a.even"}, .start = StartPolicy::last}).next, 9U);
    EXPECT_EQ(start({.filters = {"a.none"}, .start = StartPolicy::last}).next, 11U);
    EXPECT_EQ(start({.start = StartPolicy::sequence, .start_sequence = 7}).next, 7U);
    EXPECT_EQ(start({.start = StartPolicy::sequence, .start_sequence = 1}).next, 2U);
    EXPECT_EQ(start({.start = StartPolicy::time, .start_time = Time(4s)}).next, 5U);
    EXPECT_EQ(start({.start = StartPolicy::time, .start_time = Time(1h)}).next, 11U);
    EXPECT_EQ(start({.start = StartPolicy::last_per_subject}).newest_only_until, 10U);
}

}  // namespace
}  // namespace telex::streams

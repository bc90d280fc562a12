#include "streams/interest.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace telex::streams {
namespace {

constexpr TimePoint kInterestTime{std::chrono::hours(1)};

class InterestTest : public testing::Test {
protected:
    // Delivers records 1 to `count` to a member.
    static void deliver(ConsumerState& consumer, std::size_t count) {
        ASSERT_TRUE(consumer.pull(1, {.credit = static_cast<std::uint32_t>(count)}, kInterestTime));
        std::vector<Candidate> records;
        for (Sequence sequence = 1; sequence <= count; ++sequence) {
            records.push_back({sequence, 0, 1});
        }
        ConsumerOutput out;
        EXPECT_EQ(consumer.offer(records, kInterestTime, out), count);
    }

    ConsumerOptions options_{.name = "C", .durable = false};
    ConsumerState all_{options_, {}, kInterestTime};
    ConsumerState some_{options_, {}, kInterestTime};
    ConsumerFilter all_filter_{{}, 1};
    ConsumerFilter some_filter_{std::vector<std::string>{"a.*", "$x.>"}, 1};
    std::array<InterestedConsumer, 2> consumers_{{{&all_, &all_filter_}, {&some_, &some_filter_}}};
    ConsumerOutput out_;
};

TEST_F(InterestTest, FiltersSelectReservedSubjectsOfAStream) {
    EXPECT_TRUE(some_filter_.selects("a.$b"));
    EXPECT_TRUE(some_filter_.selects("$x.y"));
    EXPECT_FALSE(some_filter_.selects("a"));
    const std::array<InterestedConsumer, 1> one{{{&some_, &some_filter_}}};
    EXPECT_TRUE(is_wanted("a.b", one));
    EXPECT_FALSE(is_wanted("b", one));
    EXPECT_TRUE(is_wanted("b", consumers_));
}

TEST_F(InterestTest, ARecordIsNeededUntilAllHaveSettledIt) {
    deliver(all_, 2);
    all_.ack(1, kInterestTime, out_);
    EXPECT_TRUE(is_needed(1, "a.b", consumers_));  // the other one has not read it
    deliver(some_, 2);
    EXPECT_TRUE(is_needed(1, "a.b", consumers_));
    some_.ack(1, kInterestTime, out_);
    EXPECT_FALSE(is_needed(1, "a.b", consumers_));
    EXPECT_TRUE(is_needed(2, "a.b", consumers_));
}

TEST_F(InterestTest, ARecordThatAFilterDoesNotSelectIsNotNeededByIt) {
    deliver(all_, 1);
    all_.ack(1, kInterestTime, out_);
    EXPECT_FALSE(is_needed(1, "b", consumers_));
}

TEST_F(InterestTest, RecordsBelowAllFloorsAreNotNeeded) {
    deliver(all_, 3);
    deliver(some_, 3);
    all_.ack(1, kInterestTime, out_);
    all_.ack(2, kInterestTime, out_);
    some_.ack(1, kInterestTime, out_);
    EXPECT_EQ(needed_from(consumers_, 3), 2U);
    EXPECT_EQ(needed_from({}, 3), 4U);
}

}  // namespace
}  // namespace telex::streams

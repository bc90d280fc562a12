#include "streams/message_ids.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::streams {
namespace {

using namespace std::chrono_literals;

constexpr Time kIdTime{500'000h};

class MessageIdsTest : public testing::Test {
protected:
    IdHash hash(int number) const { return hasher_("id-" + std::to_string(number)); }

    IdHasher hasher_{1, 2};
    MessageIds ids_{120s};
};

TEST_F(MessageIdsTest, TheEmptyTextHasTheEmptyHash) {
    EXPECT_TRUE(hasher_("").empty());
    EXPECT_FALSE(hasher_("a").empty());
}

TEST_F(MessageIdsTest, HashesDependOnBothSecrets) {
    EXPECT_NE(IdHasher(1, 2)("a").high, IdHasher(3, 2)("a").high);
    EXPECT_NE(IdHasher(1, 2)("a").low, IdHasher(1, 3)("a").low);
}

TEST_F(MessageIdsTest, AnIdIsRememberedForTheWindowAndAtMostAQuarterLonger) {
    ids_.add(hash(1), 5, kIdTime, kIdTime);
    ids_.expire(kIdTime + 120s);
    EXPECT_EQ(ids_.find(hash(1)), 5U);
    EXPECT_LE(ids_.next_expiry(), kIdTime + 150s);
    ids_.expire(ids_.next_expiry());
    EXPECT_EQ(ids_.find(hash(1)), kNoSequence);
    EXPECT_EQ(ids_.size(), 0U);
}

TEST_F(MessageIdsTest, OldRecordsOfAStartAreNotKept) {
    ids_.add(hash(1), 5, kIdTime - 200s, kIdTime);
    EXPECT_EQ(ids_.size(), 0U);
    EXPECT_EQ(ids_.lowest_sequence(), kNoSequence);
}

TEST_F(MessageIdsTest, FindsAllOfManyInAnyOrderOfTime) {
    for (int i = 1; i <= 10'000; ++i) {
        const int number = i * 7'919 % 10'000 + 1;
        const Time time = kIdTime + 10ms * number;
        ids_.add(hash(number), static_cast<Sequence>(number), time, kIdTime);
    }
    for (int i = 1; i <= 10'000; ++i) {
        ASSERT_EQ(ids_.find(hash(i)), static_cast<Sequence>(i));
    }
    EXPECT_EQ(ids_.find(hash(10'001)), kNoSequence);
    EXPECT_EQ(ids_.lowest_sequence(), 1U);
    ids_.expire(kIdTime + 1h);
    EXPECT_EQ(ids_.size(), 0U);
}

TEST_F(MessageIdsTest, ASteadyRateTakesConstantMemory) {
    int number = 0;
    std::size_t most = 0;
    for (int second = 0; second < 2'000; ++second) {
        const Time now = kIdTime + 1s * second;
        for (int i = 0; i < 20; ++i) {
            ++number;
            ids_.add(hash(number), static_cast<Sequence>(number), now, now);
        }
        ids_.expire(now);
        if (second == 1'000) {
            most = ids_.memory_bytes();
        }
        if (second > 1'000) {
            ASSERT_EQ(ids_.memory_bytes(), most);
        }
    }
    EXPECT_LE(ids_.size(), 20U * 151);
}

}  // namespace
}  // namespace telex::streams

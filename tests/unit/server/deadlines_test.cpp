// The clock is the test.
#include "server/connection/deadlines.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace telex::server {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint kStart{std::chrono::hours(1)};

std::string due_at(Deadlines<int>& deadlines, milliseconds after) {
    std::string keys;
    while (const auto key = deadlines.take_due(kStart + after)) {
        keys += std::to_string(*key);
    }
    return keys;
}

TEST(DeadlinesTest, AreEmptyAtFirst) {
    Deadlines<int> deadlines;
    EXPECT_EQ(deadlines.earliest(), std::nullopt);
    EXPECT_EQ(due_at(deadlines, milliseconds(1)), "");
    deadlines.forget(1);
}

TEST(DeadlinesTest, AreTakenOnceDueInOrder) {
    Deadlines<int> deadlines;
    EXPECT_TRUE(deadlines.set(1, kStart + milliseconds(500)));
    EXPECT_FALSE(deadlines.set(2, kStart + milliseconds(800)));
    EXPECT_TRUE(deadlines.set(3, kStart + milliseconds(200)));
    EXPECT_EQ(deadlines.earliest(), kStart + milliseconds(200));
    EXPECT_EQ(due_at(deadlines, milliseconds(199)), "");
    EXPECT_EQ(due_at(deadlines, milliseconds(500)), "31");
    EXPECT_EQ(deadlines.earliest(), kStart + milliseconds(800));
    EXPECT_EQ(due_at(deadlines, milliseconds(5000)), "2");
    EXPECT_EQ(deadlines.earliest(), std::nullopt);
}

TEST(DeadlinesTest, MoveWithTheLastCall) {
    Deadlines<int> deadlines;
    EXPECT_TRUE(deadlines.set(1, kStart + milliseconds(10)));
    EXPECT_TRUE(deadlines.set(1, kStart + milliseconds(300)));
    EXPECT_EQ(due_at(deadlines, milliseconds(299)), "");
    EXPECT_EQ(due_at(deadlines, milliseconds(300)), "1");
    EXPECT_EQ(due_at(deadlines, milliseconds(300)), "");
}

TEST(DeadlinesTest, MayBeEqual) {
    Deadlines<int> deadlines;
    for (const int key : {1, 2, 3}) {
        (void)deadlines.set(key, kStart);
    }
    deadlines.forget(2);
    EXPECT_EQ(due_at(deadlines, milliseconds(0)), "13");
}

}  // namespace
}  // namespace telex::server

#include "client/waits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::client {
namespace {

using ::testing::ElementsAre;

TEST(Waits, EndByConditionOrDeadlineInOrder) {
    Waits waits;
    std::vector<int> ended;
    const TimePoint start{};
    const auto add = [&](int number, bool condition, int deadline) {
        waits.add(
            {[condition] { return condition; },
             start + std::chrono::seconds(deadline),
             [&ended, number] { ended.push_back(number); }}
        );
    };
    const auto run = [](const std::vector<Wait>& taken) {
        for (const Wait& wait : taken) {
            wait.done();
        }
    };
    EXPECT_TRUE(waits.empty());
    add(1, true, 9);
    add(2, false, 5);
    add(3, true, 9);
    add(4, false, 3);
    EXPECT_EQ(waits.next_deadline(), start + std::chrono::seconds(3));
    run(waits.take_ended(start));
    EXPECT_THAT(ended, ElementsAre(1, 3));
    run(waits.take_ended(start + std::chrono::seconds(3)));
    EXPECT_THAT(ended, ElementsAre(1, 3, 4));
    run(waits.take_all());
    EXPECT_THAT(ended, ElementsAre(1, 3, 4, 2));
    EXPECT_TRUE(waits.empty());
    EXPECT_FALSE(waits.next_deadline());
}

}  // namespace
}  // namespace telex::client

#include "exchange/detachable_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::exchange {
namespace {

using ::testing::ElementsAre;

class DetachableQueueTest : public ::testing::Test {
protected:
    void message(std::uint64_t key) {
        QueuedItem item;
        item.key = key;
        item.size = 10;
        queue_.push(std::move(item));
    }

    void outcome(std::uint64_t key, std::uint64_t attachment = 1) {
        QueuedItem item;
        item.key = key;
        item.outcome = [](Client&) {};
        item.attachment = attachment;
        queue_.push(std::move(item));
    }

    std::vector<std::uint64_t> take_all() {
        std::vector<std::uint64_t> keys;
        while (!queue_.empty()) {
            keys.push_back(queue_.take_next().key);
        }
        return keys;
    }

    DetachableQueue queue_;
};

TEST_F(DetachableQueueTest, KeepsTheOrderOfMessagesAndOutcomes) {
    outcome(1);
    message(2);
    outcome(3);
    outcome(4);
    message(5);
    outcome(6);
    EXPECT_THAT(take_all(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(DetachableQueueTest, FindsTheOldestMessageThatIsNotInFlight) {
    message(1);
    outcome(2);
    outcome(3);
    message(4);
    message(5);
    EXPECT_EQ(queue_.send_next().key, 1U);
    EXPECT_EQ(queue_.in_flight_bytes(), 10U);
    EXPECT_EQ(queue_.take_oldest_message()->key, 4U);
    EXPECT_EQ(queue_.take_oldest_message()->key, 5U);
    EXPECT_FALSE(queue_.take_oldest_message());
    EXPECT_FALSE(queue_.all_in_flight()) << "two outcomes";
    EXPECT_EQ(queue_.take_sent().key, 1U);
    EXPECT_THAT(take_all(), ElementsAre(2, 3));
}

TEST_F(DetachableQueueTest, TakesBackWhatWasInFlight) {
    message(1);
    outcome(2, 7);
    outcome(3, 8);
    message(4);
    outcome(5, 7);
    queue_.send_next();
    queue_.send_next();
    queue_.return_sent(8);
    EXPECT_EQ(queue_.in_flight(), 0U);
    EXPECT_EQ(queue_.in_flight_bytes(), 0U);
    EXPECT_THAT(take_all(), ElementsAre(1, 3, 4));
    outcome(6, 7);
    queue_.return_sent(0);
    EXPECT_TRUE(queue_.empty());
}

// A client that is full drops one message for each new one, however many outcomes and messages in
// flight stand before it.
TEST_F(DetachableQueueTest, DropsInTimeThatIsLinearInTheItems) {
    for (const std::uint64_t items : {10'000U, 20'000U}) {
        for (std::uint64_t i = 0; i < items; ++i) {
            message(1);
            outcome(2);
        }
        for (std::uint64_t i = 0; i < items / 2; ++i) {
            queue_.send_next();
        }
        const std::uint64_t before = queue_.moves();
        for (std::uint64_t i = 0; i < items; ++i) {
            ASSERT_TRUE(queue_.take_oldest_message());
            message(1);
        }
        EXPECT_LE(queue_.moves() - before, 2 * items) << items << " items";
        queue_.return_sent(0);
        (void)take_all();
    }
}

}  // namespace
}  // namespace telex::exchange

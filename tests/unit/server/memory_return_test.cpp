// Each call is a second.
#include "server/memory_return.hpp"

#include <gtest/gtest.h>

#include <cstddef>

namespace telex::server {
namespace {

constexpr std::size_t kMiB = 1U << 20U;

TEST(MemoryReturnTest, IsDueOnceAfterQuietSeconds) {
    MemoryReturn memory;
    EXPECT_FALSE(memory.is_due(128 * kMiB));
    for (unsigned second = 1; second < MemoryReturn::kSeconds; ++second) {
        EXPECT_FALSE(memory.is_due(0));
    }
    EXPECT_TRUE(memory.is_due(0));
    for (int second = 0; second < 10; ++second) {
        EXPECT_FALSE(memory.is_due(0)) << "nothing was needed since";
    }
}

TEST(MemoryReturnTest, IsNotDueForMemoryThatIsNeededAgainSoon) {
    MemoryReturn memory;
    for (int second = 0; second < 20; ++second) {
        EXPECT_FALSE(memory.is_due(second % 2 == 0 ? 64 * kMiB : 0));
    }
}

TEST(MemoryReturnTest, IsNotDueForLittleMemory) {
    MemoryReturn memory;
    EXPECT_FALSE(memory.is_due(MemoryReturn::kLeast - 1));
    for (int second = 0; second < 10; ++second) {
        EXPECT_FALSE(memory.is_due(0));
    }
}

TEST(MemoryReturnTest, CountsFromWhatRemainsInUse) {
    MemoryReturn memory;
    EXPECT_FALSE(memory.is_due(128 * kMiB));
    unsigned returns = 0;
    for (unsigned second = 0; second < MemoryReturn::kSeconds; ++second) {
        returns += memory.is_due(32 * kMiB) ? 1 : 0;
    }
    EXPECT_EQ(returns, 1U);
    for (unsigned second = 0; second < MemoryReturn::kSeconds; ++second) {
        returns += memory.is_due(0) ? 1 : 0;
    }
    EXPECT_EQ(returns, 2U);
}

}  // namespace
}  // namespace telex::server

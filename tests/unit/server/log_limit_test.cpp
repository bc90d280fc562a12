#include "server/log_limit.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace telex::server {
namespace {

constexpr std::chrono::steady_clock::time_point kNow{std::chrono::hours(5)};

TEST(LogLimit, LeavesOutWhatIsTooMuchAndSaysHowMuch) {
    LogLimit limit(10);
    std::uint64_t suppressed = 0;
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_EQ(limit.admit(spdlog::level::warn, suppressed, kNow), i < 10);
        EXPECT_EQ(suppressed, 0U);
    }
    const auto later = kNow + std::chrono::seconds(1);
    EXPECT_TRUE(limit.admit(spdlog::level::warn, suppressed, later));
    EXPECT_EQ(suppressed, 990U);
    EXPECT_TRUE(limit.admit(spdlog::level::warn, suppressed, later));
    EXPECT_EQ(suppressed, 0U) << "it was told";
}

TEST(LogLimit, CountsEverySeverityForItself) {
    LogLimit limit(1);
    std::uint64_t suppressed = 0;
    EXPECT_TRUE(limit.admit(spdlog::level::info, suppressed, kNow));
    EXPECT_TRUE(limit.admit(spdlog::level::warn, suppressed, kNow));
    EXPECT_FALSE(limit.admit(spdlog::level::info, suppressed, kNow));
    EXPECT_EQ(suppressed, 0U);
}

}  // namespace
}  // namespace telex::server

#include "server/log_limit.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

// 1,000 lines take far less than the hundred seconds in which this limit would let them all pass.
TEST(LogLimit, LeavesOutWhatIsTooMuchAndSaysHowMuch) {
    LogLimit limit(10);
    int written = 0;
    std::uint64_t told = 0;
    std::uint64_t suppressed = 0;
    for (int i = 0; i < 1'000; ++i) {
        if (limit.admit(spdlog::level::warn, suppressed)) {
            ++written;
            told += suppressed;
        }
    }
    EXPECT_GE(written, 10);
    EXPECT_LT(written, 1'000);
    // Into the next second: then the rest is told.
    while (!limit.admit(spdlog::level::warn, suppressed)) {
        ++told;
    }
    EXPECT_GT(suppressed, 0U);
}

TEST(LogLimit, CountsEverySeverityForItself) {
    LogLimit limit(1);
    std::uint64_t suppressed = 0;
    EXPECT_TRUE(limit.admit(spdlog::level::info, suppressed));
    EXPECT_TRUE(limit.admit(spdlog::level::warn, suppressed));
    EXPECT_EQ(suppressed, 0U);
}

TEST(PrintableDetail, LetsNoPeerWriteIntoTheLog) {
    EXPECT_EQ(printable_detail("line\nforged line\x1b[2J").find('\n'), std::string::npos);
    EXPECT_EQ(printable_detail("\x1b[2J").find('\x1b'), std::string::npos);
    EXPECT_LE(printable_detail(std::string(10'000, 'x')).size(), 300U);
}

}  // namespace
}  // namespace telex::server

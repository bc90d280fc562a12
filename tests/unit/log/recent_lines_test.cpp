#include "log/recent_lines.hpp"

#include "log/log.hpp"
#include "log/output.hpp"
#include "support/log_capture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace telex::log {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;

TEST(RecentLines, KeepsTheLastOnes) {
    RecentLines lines;
    EXPECT_THAT(lines.lines(), IsEmpty());
    lines.add("one");
    lines.add("two");
    EXPECT_THAT(lines.lines(), ElementsAre("one", "two"));
}

TEST(RecentLines, DropsTheOldestOverItsSize) {
    RecentLines lines;
    const std::string half(RecentLines::kMaxBytes / 2, 'a');
    lines.add(half);
    lines.add(half);
    EXPECT_THAT(lines.lines(), ElementsAre(half, half));
    lines.add("b");
    EXPECT_THAT(lines.lines(), ElementsAre(half, "b"));
}

TEST(RecentLines, LeavesOutALineThatIsTooLong) {
    RecentLines lines;
    lines.add("one");
    lines.add(std::string(RecentLines::kMaxBytes + 1, 'a'));
    EXPECT_THAT(lines.lines(), ElementsAre("one"));
}

TEST(RecentLines, HoldsLinesThatWereWritten) {
    const testing::LogCapture log;
    set_level(Level::info);
    write("ready", {{"server", "first"}});
    write("memory_returned");
    write("ready", {{"server", "second"}});
    const auto lines = recent_lines().lines();
    ASSERT_GE(lines.size(), 2U);
    EXPECT_THAT(lines[lines.size() - 2], EndsWith("Z info ready: server=first"));
    EXPECT_THAT(lines.back(), EndsWith("Z info ready: server=second"));
}

}  // namespace
}  // namespace telex::log

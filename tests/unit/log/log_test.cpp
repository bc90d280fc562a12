#include "log/log.hpp"

#include "log/output.hpp"
#include "support/log_capture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace telex::log {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LogTest : public ::testing::Test {
protected:
    LogTest() { set_level(Level::info); }

    static std::size_t count(const std::vector<std::string>& lines, const std::string& beginning) {
        return static_cast<std::size_t>(std::count_if(
            lines.begin(),
            lines.end(),
            [&](const std::string& line) { return line.starts_with(beginning); }
        ));
    }

    testing::LogCapture log_;
};

TEST_F(LogTest, WritesAtTheLevelOfTheEventOrOfTheCall) {
    write("ready", {{"server", "telex"}});
    write("messages_dropped", Level::error, {});
    EXPECT_THAT(log_.lines(), ElementsAre("info ready: server=telex", "error messages dropped"));
}

TEST_F(LogTest, OmitsLinesBelowItsLevel) {
    write("memory_returned");
    EXPECT_THAT(log_.take(), IsEmpty());
    set_level(Level::debug);
    write("memory_returned");
    EXPECT_EQ(log_.take().size(), 1U);
    set_level(Level::error);
    write("ready");
    EXPECT_THAT(log_.take(), IsEmpty());
}

// Peers can cause these lines: they must not fill the disk.
TEST_F(LogTest, LimitsEachEventAndLevelApart) {
    for (int i = 0; i < 10'000; ++i) {
        write("connection_ended");
    }
    write("connection_ended", Level::warning, {});
    write("no_memory");
    const auto lines = log_.lines();
    // The loop may take more than a second.
    EXPECT_GE(count(lines, "info connection ended"), 50U);
    EXPECT_LT(count(lines, "info connection ended"), 5'000U);
    EXPECT_EQ(count(lines, "warning connection ended"), 1U);
    EXPECT_EQ(count(lines, "error out of memory"), 1U);
}

TEST_F(LogTest, DoesNotLimitEventsThatNoPeerCauses) {
    for (int i = 0; i < 1'000; ++i) {
        write("listening");
    }
    EXPECT_EQ(log_.lines().size(), 1'000U);
}

}  // namespace
}  // namespace telex::log

#include "cli/terminal/colour.hpp"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

TEST(Colours, AreForTerminalsOnly) {
    EXPECT_TRUE(Colours::with(true, nullptr, "xterm").enabled());
    EXPECT_FALSE(Colours::with(false, nullptr, "xterm").enabled());
    EXPECT_FALSE(Colours::with(true, nullptr, "dumb").enabled());
    EXPECT_FALSE(Colours::with(true, nullptr, nullptr).enabled());
}

TEST(Colours, FollowNoColor) {
    EXPECT_FALSE(Colours::with(true, "1", "xterm").enabled());
    EXPECT_TRUE(Colours::with(true, "", "xterm").enabled());
}

TEST(Colours, ArePaintedIfEnabled) {
    EXPECT_EQ(Colours(true).paint(Colour::red, "bad"), "\x1b[31mbad\x1b[0m");
    EXPECT_EQ(Colours(true).paint(Colour::plain, "bad"), "bad");
    EXPECT_EQ(Colours(false).paint(Colour::red, "bad"), "bad");
}

}  // namespace
}  // namespace telex::cli

#include "base/suggest.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace telex {
namespace {

constexpr std::array<std::string_view, 5> kWords{
    "max_connections", "max_frame", "idle_timeout", "hello_timeout", "name"
};

TEST(EditDistance, CountsEveryKindOfEdit) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("abc", ""), 3U);
    EXPECT_EQ(edit_distance("abc", "abc"), 0U);
    EXPECT_EQ(edit_distance("abc", "abxc"), 1U);
    EXPECT_EQ(edit_distance("abc", "ac"), 1U);
    EXPECT_EQ(edit_distance("abc", "axc"), 1U);
    EXPECT_EQ(edit_distance("abc", "acb"), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(EditDistance, IgnoresCase) {
    EXPECT_EQ(edit_distance("KiB", "kib"), 0U);
}

TEST(Closest, FindsTheNearestWord) {
    EXPECT_EQ(closest("max_conections", kWords), "max_connections");
    EXPECT_EQ(closest("nmae", kWords), "name");
    EXPECT_EQ(closest("max-frame", kWords), "max_frame");
    EXPECT_EQ(closest("idle_timout", kWords), "idle_timeout");
}

TEST(Closest, AcceptsAnAbbreviation) {
    EXPECT_EQ(closest("warn", std::array<std::string_view, 2>{"error", "warning"}), "warning");
    EXPECT_EQ(closest("wa", std::array<std::string_view, 2>{"error", "warning"}), std::nullopt);
}

TEST(Closest, ReturnsNothingIfNoWordIsNear) {
    EXPECT_EQ(closest("colour", kWords), std::nullopt);
    EXPECT_EQ(closest("", kWords), std::nullopt);
    EXPECT_EQ(closest("x", std::array<std::string_view, 1>{"y"}), std::nullopt);
    EXPECT_EQ(closest(std::string(65, 'a'), kWords), std::nullopt);
}

}  // namespace
}  // namespace telex

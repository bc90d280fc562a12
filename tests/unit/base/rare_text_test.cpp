#include "base/rare_text.hpp"

#include <gtest/gtest.h>

namespace telex {
namespace {

TEST(RareText, TakesAPointerWhileItIsEmpty) {
    static_assert(sizeof(RareText) == sizeof(void*));
    RareText text;
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(text.view(), "");
}

TEST(RareText, HoldsATextUntilItIsCleared) {
    RareText text("meter 7");
    EXPECT_EQ(text.view(), "meter 7");
    text.assign("");
    EXPECT_TRUE(text.empty());
    text.assign("meter 8");
    RareText moved = std::move(text);
    EXPECT_EQ(moved.view(), "meter 8");
    moved.clear();
    EXPECT_TRUE(moved.empty());
}

}  // namespace
}  // namespace telex

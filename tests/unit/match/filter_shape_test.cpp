#include "match/filter_shape.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::match {
namespace {

TEST(FilterShape, IsLiteralWithoutAWildcardToken) {
    for (const char* filter : {"a", "a.b", "a*.b", "x>", ".", "a..b", "a."}) {
        EXPECT_EQ(*shape_of(filter), FilterShape::literal) << filter;
    }
    for (const char* filter : {"*", ">", "a.*", "*.b", "a.*.b", "a.>"}) {
        EXPECT_EQ(*shape_of(filter), FilterShape::with_wildcards) << filter;
    }
}

TEST(FilterShape, RefusesATailThatIsNotLast) {
    EXPECT_EQ(shape_of("a.>.b").error(), FilterError::misplaced_tail);
    EXPECT_EQ(shape_of(">.b").error(), FilterError::misplaced_tail);
}

TEST(FilterShape, BoundsTokens) {
    std::string deep = "a";
    for (std::size_t i = 1; i < kMaxTokens; ++i) {
        deep += ".a";
    }
    EXPECT_TRUE(shape_of(deep));
    EXPECT_EQ(shape_of(deep + ".a").error(), FilterError::too_many_tokens);
    EXPECT_TRUE(shape_of(std::string(65'535, 'x') + ".b"));
    EXPECT_EQ(shape_of(std::string(65'536, 'x')).error(), FilterError::token_too_long);
    EXPECT_EQ(shape_of("").error(), FilterError::empty);
}

}  // namespace
}  // namespace telex::match

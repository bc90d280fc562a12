// Cost of a hostile set of filters, in visited nodes.
#include "match/random.hpp"
#include "match/subject_trie.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::match {
namespace {

using Trie = SubjectTrie<std::uint64_t>;

std::string repeat(std::string_view token, std::size_t count) {
    std::string text(token);
    for (std::size_t i = 1; i < count; ++i) {
        text += '.';
        text += token;
    }
    return text;
}

TEST(TrieCost, OneNodePerLevelForAChainOfStars) {
    Trie trie(1);
    for (std::size_t depth = 1; depth <= 32; ++depth) {
        ASSERT_TRUE(trie.obtain(repeat("*", depth)));
    }
    std::vector<FilterRef> found;
    EXPECT_LE(trie.match(repeat("a", 32), found), 34U);  // and a look for a literal filter
    EXPECT_EQ(found.size(), 1U);
}

// 2^16 paths through 16 levels of {a, *}: the work is what the filters are, not more.
TEST(TrieCost, NeverVisitsMoreNodesThanThereAre) {
    Trie trie(1);
    SplitMix64 random(2);
    constexpr std::size_t kFilters = 2000;
    constexpr std::size_t kTokens = 32;
    for (std::size_t i = 0; i < kFilters; ++i) {
        std::string filter;
        for (std::size_t token = 0; token < kTokens; ++token) {
            filter += random.below(2) == 0 ? "a." : "*.";
        }
        ASSERT_TRUE(trie.obtain(filter + "end"));
    }
    std::vector<FilterRef> found;
    const std::size_t visited = trie.match(repeat("a", kTokens) + ".x", found);
    EXPECT_TRUE(found.empty());
    EXPECT_LE(visited, kFilters * kTokens);
    EXPECT_GT(visited, kFilters);
}

TEST(TrieCost, FullBinaryTreeOfStarsIsWalkedOnce) {
    Trie trie(1);
    constexpr std::size_t kLevels = 12;
    for (std::size_t pattern = 0; pattern < (1U << kLevels); ++pattern) {
        std::string filter;
        for (std::size_t level = 0; level < kLevels; ++level) {
            filter += level > 0 ? "." : "";
            filter += (pattern >> level & 1U) != 0 ? "a" : "*";
        }
        ASSERT_TRUE(trie.obtain(filter));
    }
    std::vector<FilterRef> found;
    const std::size_t visited = trie.match(repeat("a", kLevels), found);
    EXPECT_EQ(found.size(), std::size_t{1} << kLevels);
    EXPECT_EQ(visited, (std::size_t{2} << kLevels) - 1);
}

}  // namespace
}  // namespace telex::match

// The patterns of a client's filters, and what they bound.
#include "match/wildcard_patterns.hpp"

#include "match/random.hpp"
#include "match/subject_trie.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::match {
namespace {

TEST(WildcardPatterns, AreThePlacesOfWildcards) {
    WildcardPatterns patterns;
    EXPECT_EQ(patterns.add("a.b.c"), nullptr);
    EXPECT_EQ(patterns.size_with("a"), 0U);
    WildcardPatterns::Pattern* const first = patterns.add("device.7.*");
    WildcardPatterns::Pattern* const second = patterns.add("device.8.*");
    EXPECT_EQ(first, second);
    EXPECT_EQ(patterns.size_with("x.y.*.z"), 1U) << "what follows the last wildcard is no matter";
    EXPECT_EQ(patterns.size_with("*.y.z"), 2U);
    EXPECT_EQ(patterns.size_with("x.y.>"), 2U);
    EXPECT_EQ(patterns.size_with("x.*"), 2U);
    EXPECT_EQ(patterns.size_with("x.y.z*"), 1U) << "a literal";
    patterns.remove(first);
    EXPECT_EQ(patterns.size(), 1U);
    patterns.remove(second);
    EXPECT_EQ(patterns.size(), 0U);
    patterns.remove(nullptr);
}

// Any filters over few letters, as many as have at most kPatterns patterns.
TEST(WildcardPatterns, BoundTheNodesOfAMatch) {
    constexpr std::size_t kPatterns = 64;
    constexpr std::size_t kTokens = 13;
    SplitMix64 random(1);
    SubjectTrie<std::uint64_t> trie(1);
    WildcardPatterns patterns;
    const auto random_token = [&] {
        return std::string(1, static_cast<char>('a' + random.below(2)));
    };
    std::size_t refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string filter;
        for (std::size_t token = 0; token < kTokens; ++token) {
            filter += (random.below(2) == 0 ? "*" : random_token()) + ".";
        }
        filter += random.below(2) == 0 ? "end" : ">";
        if (patterns.size_with(filter) > kPatterns) {
            ++refused;
            continue;
        }
        patterns.add(filter);
        ASSERT_TRUE(trie.obtain(filter));
    }
    EXPECT_EQ(patterns.size(), kPatterns);
    EXPECT_GT(refused, 0U);
    std::size_t most = 0;
    std::vector<FilterRef> found;
    for (int i = 0; i < 2'000; ++i) {
        std::string subject;
        for (std::size_t token = 0; token < kTokens; ++token) {
            subject += random_token() + ".";
        }
        found.clear();
        most = std::max(most, trie.match(subject + "end", found));
        // One filter for each pattern, and one more for each number of tokens that are literal.
        ASSERT_LE(found.size(), kPatterns + 1);
    }
    EXPECT_LE(most, 1 + (kTokens + 1) * (kPatterns + 1));
}

}  // namespace
}  // namespace telex::match

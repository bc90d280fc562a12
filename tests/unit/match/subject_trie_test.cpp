#include "match/subject_trie.hpp"

#include "unit/match/naive_match.hpp"
#include "unit/match/random_subjects.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace telex::match {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

using Trie = SubjectTrie<std::uint64_t>;

std::vector<std::string> texts(const Trie& trie, std::string_view subject) {
    std::vector<FilterRef> found;
    trie.match(subject, found);
    std::vector<std::string> names;
    for (const FilterRef filter : found) {
        names.push_back(trie.text_of(filter));
    }
    return names;
}

Trie trie_of(std::initializer_list<std::string_view> filters, bool sees_reserved = false) {
    Trie trie(11);
    for (const std::string_view filter : filters) {
        EXPECT_TRUE(trie.obtain(filter, sees_reserved)->created) << filter;
    }
    return trie;
}

TEST(SubjectTrie, MatchesLiteralsStarsAndTails) {
    const Trie trie = trie_of({"a.b", "a.*", "*.b", "a.>", ">", "*.*", "a.b.c", "a", "*.b.>"});
    EXPECT_THAT(texts(trie, "a.b"), UnorderedElementsAre("a.b", "a.*", "*.b", "a.>", ">", "*.*"));
    EXPECT_THAT(texts(trie, "a"), UnorderedElementsAre("a", ">"));
    EXPECT_THAT(texts(trie, "a.b.c"), UnorderedElementsAre("a.b.c", "a.>", ">", "*.b.>"));
    EXPECT_THAT(texts(trie, "b"), UnorderedElementsAre(">"));
}

TEST(SubjectTrie, TailNeedsAtLeastOneToken) {
    const Trie trie = trie_of({"a.>"});
    EXPECT_THAT(texts(trie, "a"), IsEmpty());
    EXPECT_THAT(texts(trie, "a.b"), UnorderedElementsAre("a.>"));
}

TEST(SubjectTrie, TakesWildcardsOnlyAsWholeTokens) {
    const Trie trie = trie_of({"a*.b", "x>"});
    EXPECT_THAT(texts(trie, "a*.b"), UnorderedElementsAre("a*.b"));
    EXPECT_THAT(texts(trie, "aa.b"), IsEmpty());
    EXPECT_THAT(texts(trie, "x>"), UnorderedElementsAre("x>"));
}

TEST(SubjectTrie, HidesReservedSubjectsFromLeadingWildcards) {
    const Trie trie = trie_of({">", "*.a", "$S.>", "$S.*", "x.>"});
    EXPECT_THAT(texts(trie, "$S.a"), UnorderedElementsAre("$S.>", "$S.*"));
    EXPECT_THAT(texts(trie, "x.$S"), UnorderedElementsAre(">", "x.>"));
}

TEST(SubjectTrie, ShowsReservedSubjectsToThoseWhoSeeThem) {
    Trie trie = trie_of({">", "*.a", "b.a"}, true);
    EXPECT_THAT(texts(trie, "$S.a"), UnorderedElementsAre(">", "*.a"));
    EXPECT_THAT(texts(trie, "b.a"), UnorderedElementsAre(">", "*.a", "b.a"));
    const FilterRef seeing = trie.find(">", true);
    EXPECT_TRUE(trie.sees_reserved(seeing));
    const FilterRef blind = trie.obtain(">", false)->filter;
    EXPECT_NE(blind, seeing);
    EXPECT_THAT(texts(trie, "$S"), UnorderedElementsAre(">"));
    EXPECT_THAT(texts(trie, "S"), UnorderedElementsAre(">", ">"));
    // Without a leading wildcard the flag says nothing: one filter, not two.
    EXPECT_EQ(trie.find("b.a", false), trie.find("b.a", true));
}

TEST(SubjectTrie, RefusesWhatWouldBreakItsStructure) {
    Trie trie(1);
    EXPECT_EQ(trie.obtain("").error(), FilterError::empty);
    EXPECT_EQ(trie.obtain("a.>.b").error(), FilterError::misplaced_tail);
    EXPECT_EQ(trie.obtain(std::string(70'000, 'x')).error(), FilterError::token_too_long);
    std::string deep = "a";
    for (std::size_t i = 1; i < kMaxTokens; ++i) {
        deep += ".a";
    }
    EXPECT_TRUE(trie.obtain(deep));
    EXPECT_EQ(trie.obtain(deep + ".a").error(), FilterError::too_many_tokens);
    EXPECT_EQ(trie.find("a.>.b"), 0U);
    EXPECT_EQ(trie.size(), 1U);
}

TEST(SubjectTrie, MatchesSubjectsDeeperThanAnyFilterByTheirTails) {
    std::string deep = "a";
    for (std::size_t i = 1; i < kMaxTokens; ++i) {
        deep += ".a";
    }
    const Trie trie = trie_of({deep, "a.>", deep.substr(0, deep.size() - 1) + ">"});
    EXPECT_EQ(texts(trie, deep).size(), 3U);
    EXPECT_EQ(texts(trie, deep + ".a").size(), 2U);
}

TEST(SubjectTrie, KnowsLiteralFilters) {
    Trie trie(1);
    EXPECT_TRUE(trie.is_literal(trie.obtain("a.b.c")->filter));
    EXPECT_FALSE(trie.is_literal(trie.obtain("a.*.c")->filter));
    EXPECT_FALSE(trie.is_literal(trie.obtain("a.b.>")->filter));
    EXPECT_FALSE(trie.is_literal(trie.obtain("*.b", true)->filter));
}

TEST(SubjectTrie, KeepsValuesAndPrefixesApart) {
    Trie trie(1);
    const FilterRef below = trie.obtain("a.b.c")->filter;
    trie.set_value(below, 5);
    EXPECT_EQ(trie.find("a.b"), 0U);
    const FilterRef above = trie.obtain("a.b")->filter;
    EXPECT_EQ(trie.value(above), 0U);
    trie.set_value(above, 6);
    trie.erase(above);
    EXPECT_EQ(trie.find("a.b"), 0U);
    EXPECT_EQ(trie.value(trie.find("a.b.c")), 5U);
}

// Every operation against a set and the naive matcher.
TEST(SubjectTrie, AgreesWithTheNaiveMatcherUnderRandomChurn) {
    SplitMix64 random(42);
    Trie trie(9);
    using Key = std::pair<std::string, bool>;
    std::map<Key, FilterRef> model;
    std::vector<FilterRef> found;
    for (int step = 0; step < 3'000; ++step) {
        const std::string filter = test::random_filter(random, 4);
        const bool leading_wildcard = filter[0] == '*' || filter[0] == '>';
        const Key key(filter, leading_wildcard && random.below(2) == 0);
        if (const auto known = model.find(key); known != model.end() && random.below(3) > 0) {
            trie.erase(known->second);
            model.erase(known);
        } else {
            const auto obtained = trie.obtain(filter, key.second);
            ASSERT_TRUE(obtained);
            ASSERT_EQ(obtained->created, known == model.end());
            model[key] = obtained->filter;
        }
        ASSERT_EQ(trie.size(), model.size());

        const std::string subject = test::random_subject(random);
        std::vector<FilterRef> expected;
        for (const auto& [name, ref] : model) {
            if (test::naive_match(name.first, name.second, subject)) {
                expected.push_back(ref);
            }
        }
        found.clear();
        trie.prefetch(std::array<std::string_view, 3>{subject, filter, ""});
        trie.match(subject, found);
        std::sort(expected.begin(), expected.end());
        std::sort(found.begin(), found.end());
        ASSERT_EQ(found, expected) << subject;
    }
    for (const auto& [name, ref] : model) {
        EXPECT_EQ(trie.text_of(ref), name.first);
        EXPECT_EQ(trie.sees_reserved(ref), name.second);
    }
}

TEST(SubjectTrie, LeavesNoMemoryBehind) {
    Trie trie(1);
    const std::size_t empty = trie.memory_bytes();
    std::vector<FilterRef> filters;
    for (int i = 0; i < 50'000; ++i) {
        std::string name = "sensor." + std::to_string(i) + ".a-token-of-some-length.*";
        filters.push_back(trie.obtain(name)->filter);
    }
    EXPECT_GT(trie.memory_bytes(), empty + 1'000'000);
    for (const FilterRef filter : filters) {
        trie.erase(filter);
    }
    EXPECT_EQ(trie.size(), 0U);
    // The list of segments keeps one element.
    EXPECT_LE(trie.memory_bytes(), empty);
    EXPECT_TRUE(trie.obtain("a.b")->created);
    EXPECT_THAT(texts(trie, "a.b"), UnorderedElementsAre("a.b"));
}

TEST(SubjectTrie, ReusesMemoryUnderChurn) {
    Trie trie(1);
    const FilterRef kept = trie.obtain("kept")->filter;
    std::size_t high_water = 0;
    for (int i = 0; i < 20'000; ++i) {
        const FilterRef filter = trie.obtain("churn." + std::to_string(i) + ".*")->filter;
        if (i == 100) {
            high_water = trie.memory_bytes();
        }
        trie.erase(filter);
    }
    EXPECT_EQ(trie.memory_bytes(), high_water);
    EXPECT_EQ(trie.text_of(kept), "kept");
}

}  // namespace
}  // namespace telex::match

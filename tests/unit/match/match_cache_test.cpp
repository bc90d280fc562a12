#include "match/match_cache.hpp"

#include "match/keyed_hash.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::match {
namespace {

std::uint64_t hash_of(std::string_view subject) {
    return KeyedHash(1)(subject);
}

void store(MatchCache& cache, std::string_view subject, const std::vector<FilterRef>& filters) {
    cache.store(subject, hash_of(subject), filters);
}

std::vector<FilterRef> known(const MatchCache& cache, std::string_view subject) {
    const auto found = cache.find(subject, hash_of(subject));
    return found ? std::vector<FilterRef>(found->begin(), found->end()) : std::vector<FilterRef>{0};
}

const std::vector<FilterRef> kUnknown = {0};

TEST(MatchCache, RemembersAlsoThatNothingMatched) {
    MatchCache cache(64, 1);
    EXPECT_EQ(known(cache, "a.b"), kUnknown);
    store(cache, "a.b", std::vector<FilterRef>{});
    EXPECT_EQ(known(cache, "a.b"), std::vector<FilterRef>{});
    store(cache, "a.c", std::vector<FilterRef>{7, 9});
    EXPECT_EQ(known(cache, "a.c"), (std::vector<FilterRef>{7, 9}));
    EXPECT_EQ(known(cache, "a.d"), kUnknown);
}

TEST(MatchCache, ForgetsOneSubjectOrAll) {
    MatchCache cache(64, 1);
    store(cache, "a", std::vector<FilterRef>{1});
    store(cache, "b", std::vector<FilterRef>{2});
    cache.forget("a", hash_of("a"));
    cache.forget("c", hash_of("c"));
    EXPECT_EQ(known(cache, "a"), kUnknown);
    EXPECT_EQ(known(cache, "b"), std::vector<FilterRef>{2});
    cache.forget_all();
    EXPECT_EQ(known(cache, "b"), kUnknown);
    store(cache, "b", std::vector<FilterRef>{3});
    EXPECT_EQ(known(cache, "b"), std::vector<FilterRef>{3});
}

TEST(MatchCache, KeepsNeitherLongSubjectsNorLongResults) {
    MatchCache cache(64, 1);
    const std::string longest(MatchCache::kMaxSubject, 'x');
    store(cache, longest, std::vector<FilterRef>(MatchCache::kMaxFilters, 5));
    EXPECT_EQ(known(cache, longest).size(), MatchCache::kMaxFilters);
    store(cache, longest + "x", std::vector<FilterRef>{1});
    EXPECT_EQ(known(cache, longest + "x"), kUnknown);
    store(cache, "y", std::vector<FilterRef>(MatchCache::kMaxFilters + 1, 5));
    EXPECT_EQ(known(cache, "y"), kUnknown);
}

TEST(MatchCache, StaysBoundedUnderUniqueSubjectsAndKeepsServing) {
    MatchCache cache(256, 1);
    const std::size_t before = cache.memory_bytes();
    for (std::uint32_t i = 1; i <= 100'000; ++i) {
        const std::string subject = "flood." + std::to_string(i);
        store(cache, subject, std::vector<FilterRef>{i});
        ASSERT_EQ(known(cache, subject), std::vector<FilterRef>{i});
    }
    EXPECT_EQ(cache.memory_bytes(), before);
    std::size_t kept = 0;
    for (std::uint32_t i = 1; i <= 100'000; ++i) {
        const auto found = known(cache, "flood." + std::to_string(i));
        kept += found == std::vector<FilterRef>{i} ? 1U : 0U;
        ASSERT_TRUE(found == kUnknown || found == std::vector<FilterRef>{i});
    }
    EXPECT_LE(kept, cache.capacity());
    EXPECT_GE(kept, cache.capacity() * 9 / 10);
}

}  // namespace
}  // namespace telex::match

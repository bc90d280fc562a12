#include "match/recent_hashes.hpp"

#include "match/random.hpp"

#include <gtest/gtest.h>

namespace telex::match {
namespace {

TEST(RecentHashes, KnowsWhatCameUpLately) {
    RecentHashes recent(16);
    constexpr std::uint64_t kOne = 0x1234567800000003;
    constexpr std::uint64_t kSamePlace = 0x8765432100000013;
    EXPECT_FALSE(recent.note(kOne));
    EXPECT_TRUE(recent.note(kOne));
    EXPECT_FALSE(recent.note(kSamePlace));
    EXPECT_FALSE(recent.note(kOne));
    EXPECT_FALSE(recent.note(0)) << "nothing was noted there";
    EXPECT_TRUE(recent.note(0));
}

TEST(RecentHashes, TakesHashesThatComeUpOnceForNew) {
    RecentHashes recent(4096);
    SplitMix64 random(1);
    int known = 0;
    for (int i = 0; i < 100'000; ++i) {
        known += recent.note(random.next()) ? 1 : 0;
    }
    EXPECT_EQ(known, 0);
}

}  // namespace
}  // namespace telex::match

#include "storage/block_map.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace telex::storage {
namespace {

constexpr Sequence kAny = std::numeric_limits<Sequence>::max();

TEST(BlockMap, NamesTheBlockOfARemovedRecord) {
    BlockMap map;
    map.add_block(10, 300);
    map.add_block(301, 301);
    map.add_block(302, 600);
    EXPECT_EQ(map.remove(10), 10U);
    EXPECT_EQ(map.remove(300), 10U);
    EXPECT_EQ(map.remove(301), 301U);
    EXPECT_EQ(map.remove(599), 302U);
    EXPECT_EQ(map.remove(599), streams::kNoSequence);  // again
    EXPECT_EQ(map.remove(9), streams::kNoSequence);
    EXPECT_EQ(map.remove(601), streams::kNoSequence);
    EXPECT_TRUE(map.is_removed(300));
    EXPECT_FALSE(map.is_removed(302));
}

TEST(BlockMap, BitmapHasTheseBytes) {
    // A promise: stores of released versions have bitmaps of this form.
    BlockMap map;
    map.add_block(1'000, 1'255);
    map.remove(1'000);
    map.remove(1'003);
    map.remove(1'017);
    EXPECT_EQ(map.bitmap(1'000), std::string("\x09\x00\x02", 3));
    map.remove(1'255);
    EXPECT_EQ(map.bitmap(1'000).size(), 32U);
    EXPECT_EQ(map.bitmap(1'000).back(), '\x80');
}

TEST(BlockMap, LoadsABitmap) {
    BlockMap map;
    map.add_block(1'000, 1'255);
    ASSERT_TRUE(map.load(1'000, std::string("\x09\x00\x02", 3)));
    EXPECT_TRUE(map.is_removed(1'000));
    EXPECT_TRUE(map.is_removed(1'003));
    EXPECT_TRUE(map.is_removed(1'017));
    EXPECT_FALSE(map.is_removed(1'001));
    EXPECT_EQ(map.bitmap(1'000), std::string("\x09\x00\x02", 3));
}

TEST(BlockMap, RefusesABitmapThatDoesNotFit) {
    BlockMap map;
    map.add_block(1, 4);
    EXPECT_FALSE(map.load(1, "\x10"));
    EXPECT_FALSE(map.load(1, std::string(33, '\0')));
    EXPECT_TRUE(map.load(77, "\x01"));  // of a deleted block
}

TEST(BlockMap, TakesBlocksThatAreAllRemovedOnce) {
    BlockMap map;
    map.add_block(1, 2);
    map.add_block(3, 4);
    map.remove(1);
    EXPECT_FALSE(map.has_dead(kAny, kAny));
    map.remove(2);
    EXPECT_TRUE(map.has_dead(kAny, kAny));
    EXPECT_FALSE(map.has_dead(kAny, 2));  // an id is remembered from 2 on
    EXPECT_TRUE(map.take_dead(2, kAny).empty());
    EXPECT_EQ(map.take_dead(kAny, 3), std::vector<Sequence>{1});
    EXPECT_TRUE(map.take_dead(kAny, kAny).empty());
}

TEST(BlockMap, ForgetsTheOldest) {
    BlockMap map;
    for (Sequence base = 1; base < 10'000; base += 100) {
        map.add_block(base, base + 99);
    }
    const std::size_t before = map.memory_bytes();
    map.forget_before(5'000);
    EXPECT_LT(map.memory_bytes(), before * 6 / 10);
    EXPECT_EQ(map.remove(1), streams::kNoSequence);
    EXPECT_EQ(map.remove(5'050), 5'001U);
}

TEST(BlockMap, KeepsTheBlockThatIsForgottenInPart) {
    BlockMap map;
    map.add_block(200, 400);
    map.add_block(401, 600);
    map.forget_before(300);
    EXPECT_EQ(map.remove(350), 200U);
}

TEST(BlockMap, TakesAGapForRemoved) {
    BlockMap map;
    map.add_block(1, 2);
    map.add_block(1'000, 1'001);
    EXPECT_TRUE(map.is_removed(3));
    EXPECT_TRUE(map.is_removed(999));
    EXPECT_FALSE(map.is_removed(1'000));
    map.remove(1);
    map.remove(2);
    EXPECT_EQ(map.take_dead(kAny, kAny), std::vector<Sequence>{1});
}

}  // namespace
}  // namespace telex::storage

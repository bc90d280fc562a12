#include "base/slot_map.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

namespace telex {
namespace {

TEST(SlotMap, FindsWhatIsThere) {
    SlotMap<int> map;
    int first = 1;
    int second = 2;
    const std::uint64_t one = map.add(first);
    const std::uint64_t two = map.add(second);
    EXPECT_EQ(map.find(one), &first);
    EXPECT_EQ(map.find(two), &second);
    map.remove(one);
    EXPECT_EQ(map.find(one), nullptr);
    EXPECT_EQ(map.find(two), &second);
}

TEST(SlotMap, NeverUsesAKeyAgain) {
    SlotMap<int> map;
    int object = 1;
    std::set<std::uint64_t> keys;
    for (int i = 0; i < 100; ++i) {
        const std::uint64_t key = map.add(object);
        EXPECT_NE(key, 0U);
        EXPECT_TRUE(keys.insert(key).second);
        map.remove(key);
    }
    int successor = 2;
    (void)map.add(successor);
    for (const std::uint64_t key : keys) {
        EXPECT_EQ(map.find(key), nullptr);
    }
}

TEST(SlotMap, FindsNothingByOtherNumbers) {
    SlotMap<int> map;
    EXPECT_EQ(map.find(1), nullptr);
    int object = 1;
    (void)map.add(object);
    EXPECT_EQ(map.find(0), nullptr);
    EXPECT_EQ(map.find(UINT64_MAX), nullptr);
}

}  // namespace
}  // namespace telex

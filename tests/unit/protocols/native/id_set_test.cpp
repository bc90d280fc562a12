#include "protocols/native/id_set.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <set>

namespace telex::session::native {
namespace {

TEST(IdSet, KnowsWhatWasInserted) {
    IdSet set;
    EXPECT_FALSE(set.contains(1));
    EXPECT_FALSE(set.erase(1));
    EXPECT_TRUE(set.insert(1));
    EXPECT_FALSE(set.insert(1));
    EXPECT_TRUE(set.contains(1));
    EXPECT_TRUE(set.insert(UINT64_MAX));
    EXPECT_EQ(set.size(), 2U);
    EXPECT_TRUE(set.erase(1));
    EXPECT_FALSE(set.erase(1));
    EXPECT_TRUE(set.contains(UINT64_MAX));
}

TEST(IdSet, NeverContainsZero) {
    IdSet set;
    for (std::uint64_t id = 0; id < 3; ++id) {
        EXPECT_FALSE(set.contains(0));
        EXPECT_FALSE(set.erase(0));
        set.insert(id + 1);
    }
}

TEST(IdSet, HoldsOneIdWithoutMemory) {
    IdSet set;
    for (std::uint64_t id = 1; id < 100; ++id) {
        EXPECT_TRUE(set.insert(id));
        EXPECT_TRUE(set.erase(id));
    }
    EXPECT_TRUE(set.insert(7));
    EXPECT_EQ(set.memory(), 0U);
    EXPECT_TRUE(set.insert(8));
    EXPECT_NE(set.memory(), 0U);
}

TEST(IdSet, ReleasesTheTableOnlyWhenEmpty) {
    IdSet set;
    set.insert(1);
    set.insert(2);
    set.erase(1);
    set.shrink();
    EXPECT_TRUE(set.contains(2));
    set.erase(2);
    EXPECT_NE(set.memory(), 0U);
    set.shrink();
    EXPECT_EQ(set.memory(), 0U);
    EXPECT_TRUE(set.insert(2));
    EXPECT_TRUE(set.contains(2));
}

TEST(IdSet, AgreesWithAnOrderedSet) {
    std::mt19937_64 random(7);
    IdSet set;
    std::set<std::uint64_t> model;
    for (int i = 0; i < 200'000; ++i) {
        // Few values, so that places are closed and opened everywhere in the table.
        const std::uint64_t id = 1 + (random() % 500);
        if (random() % 2 == 0) {
            ASSERT_EQ(set.insert(id), model.insert(id).second);
        } else {
            ASSERT_EQ(set.erase(id), model.erase(id) == 1);
        }
        ASSERT_EQ(set.size(), model.size());
        ASSERT_EQ(set.contains(id), model.contains(id));
    }
    for (std::uint64_t id = 1; id <= 500; ++id) {
        ASSERT_EQ(set.contains(id), model.contains(id));
    }
}

TEST(IdSet, IsUsableAfterItGaveItsMemoryBack) {
    IdSet set;
    for (std::uint64_t id = 1; id <= 10'000; ++id) {
        set.insert(id);
    }
    for (std::uint64_t id = 1; id <= 10'000; ++id) {
        ASSERT_TRUE(set.erase(id));
    }
    EXPECT_TRUE(set.empty());
    EXPECT_FALSE(set.contains(1));
    EXPECT_TRUE(set.insert(1));
    EXPECT_TRUE(set.contains(1));
}

}  // namespace
}  // namespace telex::session::native

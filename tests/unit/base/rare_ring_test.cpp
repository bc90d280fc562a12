#include "base/rare_ring.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex {
namespace {

TEST(RareRing, TakesAPointerUntilItIsUsed) {
    static_assert(sizeof(RareRing<std::string>) == sizeof(void*));
    RareRing<std::string> ring;
    EXPECT_TRUE(ring.empty());
    EXPECT_EQ(ring.size(), 0U);
    EXPECT_EQ(ring.memory(), 0U);
}

TEST(RareRing, KeepsTheOrder) {
    RareRing<std::string> ring;
    for (const char* text : {"a", "b", "c"}) {
        ring.push_back(text);
    }
    ring.erase(1);
    EXPECT_EQ(ring.front(), "a");
    EXPECT_EQ(ring.back(), "c");
    EXPECT_EQ(ring[1], "c");
    ring.pop_front();
    EXPECT_EQ(ring.front(), "c");
    EXPECT_EQ(ring.size(), 1U);
}

TEST(RareRing, ReleasesItsMemoryWhenItIsEmpty) {
    RareRing<std::string> ring;
    ring.push_back("a");
    ring.shrink();
    EXPECT_EQ(ring.front(), "a");
    ring.pop_front();
    EXPECT_NE(ring.memory(), 0U);
    ring.shrink();
    EXPECT_EQ(ring.memory(), 0U);
    ring.push_back("b");
    ring.clear();
    EXPECT_TRUE(ring.empty());
}

}  // namespace
}  // namespace telex

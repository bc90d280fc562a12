#include "base/ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <random>

namespace telex {
namespace {

TEST(Ring, IsAQueue) {
    Ring<int> ring;
    for (int i = 0; i < 3; ++i) {
        ring.push_back(i);
    }
    EXPECT_EQ(ring.front(), 0);
    EXPECT_EQ(ring.back(), 2);
    ring.pop_front();
    EXPECT_EQ(ring.front(), 1);
    EXPECT_EQ(ring.size(), 2U);
}

TEST(Ring, ReleasesRemovedElements) {
    const auto value = std::make_shared<int>(1);
    Ring<std::shared_ptr<int>> ring;
    ring.push_back(value);
    ring.push_back(value);
    ring.pop_front();
    EXPECT_EQ(value.use_count(), 2);
    ring.clear();
    EXPECT_EQ(value.use_count(), 1);
}

TEST(Ring, WorksAfterFreeingItsArray) {
    Ring<int> ring;
    ring.push_back(1);
    ring.shrink();
    EXPECT_EQ(ring.front(), 1) << "not while something is in it";
    ring.pop_front();
    ring.shrink();
    ring.push_back(2);
    EXPECT_EQ(ring.front(), 2);
}

TEST(Ring, FreesMostOfAnArrayThatIsHardlyUsed) {
    Ring<int> ring;
    for (int i = 0; i < 1'000; ++i) {
        ring.push_back(i);
    }
    const std::size_t large = ring.memory();
    EXPECT_GE(large, 1'000 * sizeof(int));
    while (ring.size() > 3) {
        ring.pop_front();
    }
    EXPECT_EQ(ring.memory(), large);
    ring.shrink();
    EXPECT_LE(ring.memory(), 64U);
    EXPECT_EQ(ring[0], 997);
    EXPECT_EQ(ring[2], 999);
    ring.clear();
    ring.shrink();
    EXPECT_EQ(ring.memory(), 0U);
}

// Whatever is done to it, in whatever place of its array: it holds what a deque would.
TEST(Ring, BehavesLikeADeque) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::mt19937 random(seed);
        Ring<int> ring;
        std::deque<int> model;
        for (int step = 0; step < 500; ++step) {
            const unsigned what = random() % 8;
            if (what < 4 || model.empty()) {
                ring.push_back(step);
                model.push_back(step);
            } else if (what < 6) {
                ring.pop_front();
                model.pop_front();
            } else {
                const std::size_t at = random() % model.size();
                ring.erase(at);
                model.erase(model.begin() + static_cast<std::ptrdiff_t>(at));
            }
            ASSERT_EQ(ring.size(), model.size());
            for (std::size_t i = 0; i < model.size(); ++i) {
                ASSERT_EQ(ring[i], model[i]) << "seed " << seed << " step " << step;
            }
        }
    }
}

}  // namespace
}  // namespace telex

#include "broker/client_id.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <set>

namespace telex::broker {
namespace {

TEST(ClientId, IsFalseWithoutAGeneration) {
    EXPECT_FALSE(ClientId{});
    EXPECT_FALSE((ClientId{3, 7, 0}));
    EXPECT_TRUE((ClientId{0, 0, 1}));
}

TEST(ClientId, KeysDifferAtTheLimitsOfEveryPart) {
    std::set<std::uint64_t> keys;
    std::size_t count = 0;
    for (const std::uint16_t reactor : std::initializer_list<std::uint16_t>{0, 1, 63}) {
        for (const std::uint32_t slot : {0U, 1U, kMaxSlots - 1}) {
            for (const std::uint32_t generation : {1U, 2U, kMaxGeneration}) {
                keys.insert(ClientId{reactor, slot, generation}.key());
                ++count;
            }
        }
    }
    EXPECT_EQ(keys.size(), count);
    EXPECT_FALSE(keys.contains(ClientId{}.key()));
}

}  // namespace
}  // namespace telex::broker

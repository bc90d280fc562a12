#include "exchange/connection_id.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <set>

namespace telex::exchange {
namespace {

TEST(ConnectionId, IsNobodyWithoutGeneration) {
    EXPECT_FALSE(ConnectionId{});
    EXPECT_FALSE((ConnectionId{3, 7, 0}));
    EXPECT_TRUE((ConnectionId{0, 0, 1}));
}

TEST(ConnectionId, HasAKeyOfItsOwnAtEveryEdgeOfItsParts) {
    std::set<std::uint64_t> keys;
    std::size_t count = 0;
    for (const std::uint16_t reactor : std::initializer_list<std::uint16_t>{0, 1, 63}) {
        for (const std::uint32_t slot : {0U, 1U, kMaxSlots - 1}) {
            for (const std::uint32_t generation : {1U, 2U, kMaxGeneration}) {
                keys.insert(ConnectionId{reactor, slot, generation}.key());
                ++count;
            }
        }
    }
    EXPECT_EQ(keys.size(), count);
    EXPECT_FALSE(keys.contains(ConnectionId{}.key()));
}

}  // namespace
}  // namespace telex::exchange

#include "server/admin/row_key.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace telex::server {
namespace {

TEST(RowKeys, StandInTheOrderOfTheList) {
    EXPECT_LT((RowKey{9, 5, 5}), (RowKey{8, 1, 1})) << "the largest rank first";
    EXPECT_LT((RowKey{9, 1, 5}), (RowKey{9, 2, 1}));
    EXPECT_LT((RowKey{9, 1, 1}), (RowKey{9, 1, 2}));
}

TEST(RowKeys, StandTheOtherWayRoundWhenReversed) {
    const RowKey rows[] = {{9, 1, 1}, {9, 1, 2}, {9, 2, 1}, {8, 1, 1}};
    for (const RowKey& left : rows) {
        EXPECT_EQ(left.reversed().reversed(), left);
        for (const RowKey& right : rows) {
            EXPECT_EQ(left < right, right.reversed() < left.reversed());
        }
    }
}

TEST(RowKeys, ArePlacesAsText) {
    constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
    for (const RowKey& key : {RowKey{}, RowKey{1, 2, 3}, RowKey{kMost, kMost, kMost}}) {
        EXPECT_EQ(parse_cursor(cursor_of(key)), key);
    }
}

TEST(RowKeys, AreNotReadFromOtherTexts) {
    for (const char* text :
         {"",
          "-",
          "1",
          "1-2",
          "1-2-",
          "1-2-3-",
          "1-2-3-4",
          "1--3",
          "x-2-3",
          "1 -2-3",
          "+1-2-3",
          "10000000000000000-2-3"}) {
        EXPECT_EQ(parse_cursor(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace telex::server

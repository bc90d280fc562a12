#include "exchange/owed_replies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

router::ReplyAddress request(std::uint32_t slot) {
    return {.reactor = 1, .slot = slot, .secret = slot + 100U};
}

TEST(OwedReplies, AreThoseWithoutAReplyInTheirOrder) {
    OwedReplies owed;
    for (std::uint32_t slot = 1; slot <= 4; ++slot) {
        EXPECT_TRUE(owed.add(request(slot)));
    }
    EXPECT_TRUE(owed.remove(request(3)));
    EXPECT_TRUE(owed.remove(request(1)));
    EXPECT_THAT(owed.take_all(), ElementsAre(request(2), request(4)));
    EXPECT_EQ(owed.size(), 0U);
}

TEST(OwedReplies, AreRemovedByTheirWholeAddress) {
    OwedReplies owed;
    EXPECT_TRUE(owed.add(request(1)));
    router::ReplyAddress later = request(1);
    ++later.secret;
    EXPECT_FALSE(owed.remove(later));
    EXPECT_TRUE(owed.remove(request(1)));
    EXPECT_FALSE(owed.remove(request(1))) << "replied once more";
    EXPECT_THAT(owed.take_all(), IsEmpty());
}

TEST(OwedReplies, ForgetTheOldestOverTheirLimit) {
    OwedReplies owed;
    for (std::uint32_t slot = 0; slot < OwedReplies::kMost; ++slot) {
        EXPECT_TRUE(owed.add(request(slot)));
    }
    EXPECT_FALSE(owed.add(request(5'000)));
    EXPECT_EQ(owed.size(), OwedReplies::kMost);
    EXPECT_FALSE(owed.remove(request(0)));
    EXPECT_TRUE(owed.remove(request(5'000)));
}

}  // namespace
}  // namespace telex::exchange

#include "exchange/pending_replies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

router::ReplyAddress request(std::uint32_t slot) {
    return {.reactor = 1, .slot = slot, .secret = slot + 100U};
}

TEST(PendingReplies, AreThoseWithoutAReplyInTheirOrder) {
    PendingReplies replies;
    for (std::uint32_t slot = 1; slot <= 4; ++slot) {
        EXPECT_TRUE(replies.add(request(slot)));
    }
    EXPECT_TRUE(replies.remove(request(3)));
    EXPECT_TRUE(replies.remove(request(1)));
    EXPECT_THAT(replies.take_all(), ElementsAre(request(2), request(4)));
    EXPECT_EQ(replies.size(), 0U);
}

TEST(PendingReplies, AreRemovedByTheirWholeAddress) {
    PendingReplies replies;
    EXPECT_TRUE(replies.add(request(1)));
    router::ReplyAddress later = request(1);
    ++later.secret;
    EXPECT_FALSE(replies.remove(later));
    EXPECT_TRUE(replies.remove(request(1)));
    EXPECT_FALSE(replies.remove(request(1))) << "replied once more";
    EXPECT_THAT(replies.take_all(), IsEmpty());
}

TEST(PendingReplies, ForgetTheOldestOverTheirLimit) {
    PendingReplies replies;
    for (std::uint32_t slot = 0; slot < PendingReplies::kMost; ++slot) {
        EXPECT_TRUE(replies.add(request(slot)));
    }
    EXPECT_FALSE(replies.add(request(5'000)));
    EXPECT_EQ(replies.size(), PendingReplies::kMost);
    EXPECT_FALSE(replies.remove(request(0)));
    EXPECT_TRUE(replies.remove(request(5'000)));
}

}  // namespace
}  // namespace telex::exchange

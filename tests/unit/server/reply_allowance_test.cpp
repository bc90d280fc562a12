#include "server/connection/reply_allowance.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

TEST(ReplyAllowance, IsAsLargeAsTheInput) {
    ReplyAllowance allowance(1);
    EXPECT_FALSE(allowance.spend(1));
    allowance.add(10);
    EXPECT_FALSE(allowance.spend(11));
    EXPECT_TRUE(allowance.spend(4)) << "a refusal spends nothing";
    EXPECT_TRUE(allowance.spend(6));
    EXPECT_FALSE(allowance.spend(1));
    allowance.add(3);
    allowance.add(3);
    EXPECT_TRUE(allowance.spend(6));
}

TEST(ReplyAllowance, IsAMultipleInConfiguredNetworks) {
    ReplyAllowance allowance(17);
    allowance.add(2);
    EXPECT_TRUE(allowance.spend(34));
    EXPECT_FALSE(allowance.spend(1));
}

TEST(ReplyAllowance, AccumulatesUpToItsMaximum) {
    ReplyAllowance allowance(1'000);
    for (int i = 0; i < 100; ++i) {
        allowance.add(65'507);
    }
    EXPECT_EQ(allowance.left(), ReplyAllowance::kMaxBytes);
    EXPECT_TRUE(allowance.spend(65'507));
    EXPECT_FALSE(allowance.spend(65'507));
}

TEST(ReplyAllowance, IsUnlimitedForProvedAddresses) {
    ReplyAllowance allowance(std::nullopt);
    EXPECT_TRUE(allowance.spend(65'507));
}

}  // namespace
}  // namespace telex::server

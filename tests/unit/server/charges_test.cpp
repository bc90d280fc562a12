#include "server/connection/charges.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

constexpr std::size_t kLimit = 1'000'000;

class ChargesTest : public ::testing::Test {
protected:
    ChargesTest() {
        user_.usage = std::make_shared<access::Usage>();
        user_.limits.max_pending_bytes = 300'000;
    }

    std::int64_t charged_to_user() const { return user_.usage->pending_bytes.load(); }

    exchange::MemoryBudget budget_{10'000'000};
    exchange::BudgetAccount account_{budget_};
    access::User user_;
};

TEST_F(ChargesTest, GiveEverythingBackAtTheEnd) {
    {
        Charges charges(account_, kLimit);
        charges.update(1'000, &user_);
        charges.update(400, &user_);
        EXPECT_EQ(charges.bytes(), 400U);
        EXPECT_EQ(account_.held(), 400U);
        EXPECT_EQ(charged_to_user(), 400);
    }
    EXPECT_EQ(account_.held(), 0U);
    EXPECT_EQ(charged_to_user(), 0);
}

TEST_F(ChargesTest, DoNotConcernAUserWithoutALimit) {
    user_.limits.max_pending_bytes.reset();
    Charges charges(account_, kLimit);
    charges.update(1'000, &user_);
    EXPECT_EQ(account_.held(), 1'000U);
    EXPECT_EQ(charged_to_user(), 0);
}

// All connections of a user share its limit.
TEST_F(ChargesTest, ReduceThePendingLimitWhileTheUserIsOverItsOwn) {
    Charges first(account_, kLimit);
    Charges second(account_, kLimit);
    first.update(200'000, &user_);
    EXPECT_EQ(first.pending_limit(), kLimit);
    second.update(200'000, &user_);
    EXPECT_TRUE(second.is_reduced());
    EXPECT_EQ(second.pending_limit(), Charges::kPendingOverUserLimit);
    first.release();
    second.update(200'000, &user_);
    EXPECT_EQ(second.pending_limit(), kLimit);
}

TEST_F(ChargesTest, MoveToAnotherUser) {
    access::User other;
    other.usage = std::make_shared<access::Usage>();
    other.limits.max_pending_bytes = 1'000;
    Charges charges(account_, kLimit);
    charges.update(500, &user_);
    charges.update(700, &other);
    EXPECT_EQ(charged_to_user(), 0);
    EXPECT_EQ(other.usage->pending_bytes.load(), 700);
    charges.update(700, nullptr);
    EXPECT_EQ(other.usage->pending_bytes.load(), 0);
    EXPECT_EQ(account_.held(), 700U);
}

}  // namespace
}  // namespace telex::server

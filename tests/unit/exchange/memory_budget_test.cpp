#include "exchange/memory_budget.hpp"

#include <gtest/gtest.h>

namespace telex::exchange {
namespace {

TEST(BudgetAccount, CountsInTheTotalOnceItSettled) {
    MemoryBudget budget(1000);
    BudgetAccount account(budget);
    account.charge(300);
    EXPECT_EQ(account.held(), 300U);
    EXPECT_EQ(budget.used(), 0U);
    account.settle();
    EXPECT_EQ(budget.used(), 300U);
    account.release(100);
    account.settle();
    EXPECT_EQ(budget.used(), 200U);
}

TEST(BudgetAccount, GivesItsShareBackWhenItEnds) {
    MemoryBudget budget(1000);
    BudgetAccount stays(budget);
    stays.charge(10);
    stays.settle();
    {
        BudgetAccount goes(budget);
        goes.charge(500);
        goes.settle();
        goes.charge(100);  // not settled: never was in the total
        EXPECT_EQ(budget.used(), 510U);
    }
    EXPECT_EQ(budget.used(), 10U);
}

TEST(MemoryBudget, IsTightAboveThreeQuartersAndExceededAboveItsLimit) {
    MemoryBudget budget(1000);
    BudgetAccount account(budget);
    account.charge(750);
    account.settle();
    EXPECT_FALSE(account.tight());
    account.charge(1);
    EXPECT_FALSE(account.tight()) << "as of the last settlement";
    account.settle();
    EXPECT_TRUE(account.tight());
    EXPECT_FALSE(budget.exceeded());
    account.charge(249);
    account.settle();
    EXPECT_FALSE(budget.exceeded()) << "1000 of 1000";
    account.charge(1);
    account.settle();
    EXPECT_TRUE(budget.exceeded());
}

TEST(MemoryBudget, IsSharedByAllAccounts) {
    MemoryBudget budget(1000);
    BudgetAccount busy(budget);
    BudgetAccount idle(budget);
    busy.charge(900);
    busy.settle();
    idle.settle();
    EXPECT_TRUE(idle.tight());
}

}  // namespace
}  // namespace telex::exchange

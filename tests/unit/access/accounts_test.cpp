#include "access/accounts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace telex::access {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Account> shop_and_audit() {
    Account shop;
    shop.name = "shop";
    shop.exported_messages = {"orders.>"};
    shop.exported_requests = {"billing.*"};
    Account audit;
    audit.name = "audit";
    audit.imports = {{"shop", {"orders.new", "orders.gone"}, {"billing.charge"}}};
    Account archive;
    archive.name = "archive";
    archive.imports = {{"shop", {"orders.>"}, {}}, {"audit", {"orders.>"}, {}}};
    return {shop, audit, archive};
}

class TwoAccounts : public ::testing::Test {
protected:
    std::vector<AccountId> importers(std::string_view account, std::string_view subject) const {
        std::vector<AccountId> found;
        accounts_.for_each_importer(accounts_.id_of(account), subject, [&](AccountId id) {
            found.push_back(id);
        });
        return found;
    }

    Accounts accounts_{shop_and_audit()};
    const AccountId shop_ = accounts_.id_of("shop");
    const AccountId audit_ = accounts_.id_of("audit");
    const AccountId archive_ = accounts_.id_of("archive");
};

TEST_F(TwoAccounts, MeetInWhatOneImports) {
    EXPECT_THAT(importers("shop", "orders.new"), ElementsAre(audit_, archive_));
    EXPECT_THAT(importers("shop", "orders.old"), ElementsAre(archive_));
    EXPECT_THAT(importers("shop", "billing.charge"), IsEmpty()) << "requests are another thing";
    EXPECT_THAT(importers("audit", "orders.new"), ElementsAre(archive_));
    EXPECT_THAT(importers("default", "orders.new"), IsEmpty());
}

TEST_F(TwoAccounts, AskWhereTheAnswerIs) {
    EXPECT_EQ(accounts_.responding(audit_, "billing.charge"), shop_);
    EXPECT_EQ(accounts_.responding(audit_, "billing.other"), audit_);
    EXPECT_EQ(accounts_.responding(shop_, "billing.charge"), shop_);
    EXPECT_EQ(accounts_.responding(kDefaultAccount, "billing.charge"), kDefaultAccount);
}

TEST(Accounts, AreVisitedOnceHoweverManyOfTheirImportsFit) {
    Account shop;
    shop.name = "shop";
    Account audit;
    audit.name = "audit";
    audit.imports = {{"shop", {"orders.>"}, {}}, {"shop", {"orders.new", "bills"}, {}}};
    const Accounts accounts({shop, audit});
    for (const std::string_view subject : {"orders.new", "bills"}) {
        std::vector<AccountId> visited;
        accounts.for_each_importer(accounts.id_of("shop"), subject, [&](AccountId id) {
            visited.push_back(id);
        });
        EXPECT_THAT(visited, ElementsAre(accounts.id_of("audit"))) << subject;
    }
}

// Also when their names are those of many reloads.
TEST(Accounts, NeverShareANumber) {
    std::vector<Account> many(70'000);
    for (std::size_t i = 0; i < many.size(); ++i) {
        many[i].name = "account-" + std::to_string(i);
    }
    const Accounts accounts(many);
    std::set<AccountId> numbers{kDefaultAccount};
    for (const Account& account : many) {
        EXPECT_TRUE(numbers.insert(accounts.id_of(account.name)).second) << account.name;
    }
}

TEST_F(TwoAccounts, KeepTheirNumbersWhenOthersComeAndGo) {
    auto changed = shop_and_audit();
    changed.erase(changed.begin());
    changed[0].imports.clear();
    changed[1].imports.clear();
    changed.insert(changed.begin(), Account{.name = "first"});
    const Accounts after(changed, &accounts_);
    EXPECT_EQ(after.id_of("audit"), audit_);
    EXPECT_EQ(after.id_of("archive"), archive_);
    EXPECT_NE(after.id_of("first"), shop_) << "nor does anybody inherit a number";
    EXPECT_EQ(after.id_of("default"), kDefaultAccount);
}

}  // namespace
}  // namespace telex::access

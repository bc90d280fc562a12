#include "access/permissions.hpp"

#include <gtest/gtest.h>

namespace telex::access {
namespace {

const Permissions kBilling{{"billing.>", "log.*"}, {"billing.secret.>", "log.audit"}};

TEST(Permissions, AllowWhatIsAllowedAndNotDenied) {
    EXPECT_TRUE(kBilling.allows("billing.charge"));
    EXPECT_TRUE(kBilling.allows("log.db"));
    EXPECT_FALSE(kBilling.allows("billing"));
    EXPECT_FALSE(kBilling.allows("shop.charge"));
    EXPECT_FALSE(kBilling.allows("billing.secret.key"));
    EXPECT_FALSE(kBilling.allows("log.audit"));
}

TEST(Permissions, AllowNothingByDefault) {
    const Permissions none;
    EXPECT_FALSE(none.allows("a"));
    EXPECT_FALSE(none.allows_filter("a"));
    EXPECT_FALSE((Permissions{{}, {"b"}}.allows("a")));
}

TEST(Permissions, AllowAFilterOnlyAsAWhole) {
    EXPECT_TRUE(kBilling.allows_filter("billing.>"));
    EXPECT_TRUE(kBilling.allows_filter("billing.*.eu"));
    EXPECT_TRUE(kBilling.allows_filter("log.*"));
    EXPECT_FALSE(kBilling.allows_filter(">"));
    EXPECT_FALSE(kBilling.allows_filter("*.charge"));
    EXPECT_FALSE(kBilling.allows_filter("log.>"));
    EXPECT_FALSE(kBilling.allows_filter("billing.secret.>"));
    EXPECT_FALSE(kBilling.allows_filter("billing.secret.key"));
}

TEST(Permissions, KnowWhereAnAllowedFilterReachesWhatIsDenied) {
    EXPECT_TRUE(kBilling.hides_some_of("billing.>"));
    EXPECT_TRUE(kBilling.hides_some_of("billing.*.key"));
    EXPECT_TRUE(kBilling.hides_some_of("log.*"));
    EXPECT_FALSE(kBilling.hides_some_of("billing.charge"));
    EXPECT_FALSE(kBilling.hides_some_of("billing.*"));
}

TEST(Permissions, OfEverythingDoNotReachTheExchangesOwn) {
    const Permissions everything{{">"}, {}};
    EXPECT_TRUE(everything.allows("a.b.c"));
    EXPECT_FALSE(everything.allows("$SYS.stats"));
    EXPECT_TRUE((Permissions{{">", "$SYS.>"}, {}}.allows("$SYS.stats")));
}

TEST(Permissions, AreCopiedForOtherThreads) {
    const auto may_read = reader_of({.allow = {"a.>"}, .deny = {"a.secret"}});
    EXPECT_TRUE(may_read("a.b"));
    EXPECT_FALSE(may_read("a.secret"));
    EXPECT_FALSE(may_read("b"));
    EXPECT_TRUE(may_read("a.*")) << "a filter";
    EXPECT_FALSE(may_read(">"));
}

}  // namespace
}  // namespace telex::access

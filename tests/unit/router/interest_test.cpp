// Announcing interest to other reactors, and applying their announcements.
#include "router/routing_table.hpp"
#include "unit/router/table_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::router {
namespace {

using test::TableFixture;
using testing::Eq;
using testing::Optional;

TEST(Interest, PlainIsAnnouncedForTheFirstAndTheLast) {
    TableFixture t;
    Subscription& first = t.subscribe("a.*");
    EXPECT_THAT(t.change, Optional(InterestChange{"a.*", false, nullptr, true}));
    Subscription& second = t.subscribe("a.*");
    EXPECT_THAT(t.change, Eq(std::nullopt));
    EXPECT_THAT(t.table.unsubscribe(first), Eq(std::nullopt));
    EXPECT_THAT(
        t.table.unsubscribe(second), Optional(InterestChange{"a.*", false, nullptr, false})
    );
}

TEST(Interest, OfGroupsAnnouncesEveryMember) {
    TableFixture t;
    Subscription& first = t.subscribe("a", "q");
    const MemberLoadPtr load = t.load(first);
    EXPECT_EQ(load->facts().group, "q");
    EXPECT_THAT(t.change, Optional(InterestChange{"a", false, load, true}));
    Subscription& second = t.subscribe("a", "q");
    const MemberLoadPtr other = t.load(second);
    EXPECT_THAT(t.change, Optional(InterestChange{"a", false, other, true}));
    EXPECT_THAT(t.table.unsubscribe(first), Optional(InterestChange{"a", false, load, false}));
    EXPECT_THAT(t.table.unsubscribe(second), Optional(InterestChange{"a", false, other, false}));
}

TEST(Interest, ReservedCountsOnlyWithALeadingWildcard) {
    TableFixture t;
    t.subscribe(t.connect(), "a.*", {}, true);
    EXPECT_THAT(t.change, Optional(InterestChange{"a.*", false, nullptr, true}));
    t.subscribe(t.connect(), "*.a", {}, true);
    EXPECT_THAT(t.change, Optional(InterestChange{"*.a", true, nullptr, true}));
    t.subscribe("*.a");
    EXPECT_THAT(t.change, Optional(InterestChange{"*.a", false, nullptr, true}));
}

TEST(Interest, PlainSubscribersElsewhereMeanOneForwardPerReactor) {
    TableFixture t(1);
    t.table.apply(0, {"a.b", false, nullptr, true});
    t.table.apply(0, {"a.*", false, nullptr, true});
    t.table.apply(63, {"a.>", false, nullptr, true});
    t.subscribe("a.b");
    const auto route = t.table.route("a.b", 0, 1);
    EXPECT_EQ(route->plain.size(), 1U);
    ASSERT_EQ(route->forwards.size(), 2U);
    EXPECT_EQ(route->forwards[0].reactor, 0);
    EXPECT_TRUE(route->forwards[0].plain);
    EXPECT_EQ(route->forwards[1].reactor, 63);
    EXPECT_TRUE(route->forwards[1].plain);
    EXPECT_FALSE(route->nobody());
}

TEST(Interest, IsForgottenWhenItIsTaken) {
    TableFixture t;
    const std::size_t empty = t.table.memory_bytes();
    std::vector<MemberLoadPtr> members;
    for (ReactorIndex reactor = 1; reactor <= 3; ++reactor) {
        t.table.apply(reactor, {"a", false, nullptr, true});
        members.push_back(t.apply_member(reactor, "a", "q"));
    }
    EXPECT_EQ(t.table.filters(), 1U);
    for (ReactorIndex reactor = 1; reactor <= 3; ++reactor) {
        EXPECT_FALSE(t.table.route("a", 0, 1)->nobody());
        t.table.apply(reactor, {"a", false, nullptr, false});
        t.table.apply(reactor, {"a", false, members[reactor - 1U], false});
    }
    EXPECT_TRUE(t.table.route("a", 0, 1)->nobody());
    EXPECT_EQ(t.table.filters(), 0U);
    EXPECT_LE(t.table.memory_bytes(), empty);
}

TEST(Interest, RemovingAnUnknownOneChangesNothing) {
    TableFixture t;
    t.table.apply(1, {"a", false, nullptr, false});
    t.table.apply(1, {"a", false, TableFixture::make_member(1, "q"), false});
    EXPECT_EQ(t.table.filters(), 0U);
    t.table.apply(1, {"a", false, nullptr, true});
    t.table.apply(2, {"a", false, nullptr, false});
    EXPECT_EQ(t.table.route("a", 0, 1)->forwards.size(), 1U);
}

TEST(Interest, MayBeToldTwice) {
    TableFixture t;
    t.table.apply(1, {"a", false, nullptr, true});
    t.table.apply(1, {"a", false, nullptr, true});
    const MemberLoadPtr member = t.apply_member(1, "a", "q");
    t.table.apply(1, {"a", false, member, true});
    t.table.apply(1, {"a", false, member, false});
    t.table.apply(1, {"a", false, nullptr, false});
    EXPECT_EQ(t.table.filters(), 0U);
}

}  // namespace
}  // namespace telex::router

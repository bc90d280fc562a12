// Messages that come from another reactor.
#include "router/routing_table.hpp"
#include "unit/router/table_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace telex::router {
namespace {

using test::TableFixture;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<MemberLoadPtr> members_of(const ForwardTarget& forward) {
    std::vector<MemberLoadPtr> members;
    for (const GroupTarget& target : forward.groups) {
        members.push_back(target.member->load);
    }
    return members;
}

TEST(Forwarding, CarriesPlainAndGroupsTogether) {
    TableFixture t;
    t.table.apply(1, {"a", false, nullptr, true});
    const MemberLoadPtr q1 = t.apply_member(1, "a", "q1");
    const MemberLoadPtr q2 = t.apply_member(1, "*", "q2");
    const MemberLoadPtr q3 = t.apply_member(2, "a", "q3");
    const auto route = t.table.route("a", 0, 1);
    ASSERT_EQ(route->forwards.size(), 2U);
    EXPECT_TRUE(route->forwards[0].plain);
    EXPECT_THAT(members_of(route->forwards[0]), testing::UnorderedElementsAre(q1, q2));
    EXPECT_FALSE(route->forwards[1].plain);
    EXPECT_THAT(members_of(route->forwards[1]), ElementsAre(q3));
}

TEST(Forwarding, ServesThePlainSubscribersHere) {
    TableFixture t;
    const Subscription& plain = t.subscribe("a");
    t.subscribe("*", "q");
    t.table.apply(1, {"a", false, nullptr, true});
    const auto route = t.table.route_plain("a", 0);
    EXPECT_THAT(route->plain, ElementsAre(&plain));
    EXPECT_THAT(route->groups, IsEmpty());
    EXPECT_THAT(route->forwards, IsEmpty());
}

TEST(Forwarding, FindsTheMemberThatItIsForWhileItIsThere) {
    TableFixture t;
    Subscription& member = t.subscribe("a", "q");
    const MemberLoadPtr load = t.load(member);
    EXPECT_EQ(t.table.member_here(*load), &member);
    EXPECT_EQ(t.table.member_here(*t.apply_member(1, "a", "q")), nullptr);
    t.table.unsubscribe(member);
    EXPECT_EQ(t.table.member_here(*load), nullptr);
}

TEST(Forwarding, ChoosesAgainAmongTheGroupAlone) {
    TableFixture t;
    t.subscribe("a");
    t.subscribe("a", "other");
    const MemberLoadPtr left = t.apply_member(2, "a", "q");
    const auto route = t.table.route_group("a", 0, "q", 1, GroupChoice::anybody);
    EXPECT_THAT(route->plain, IsEmpty());
    EXPECT_THAT(route->groups, IsEmpty());
    ASSERT_EQ(route->forwards.size(), 1U);
    EXPECT_FALSE(route->forwards[0].plain);
    EXPECT_THAT(members_of(route->forwards[0]), ElementsAre(left));
}

TEST(Forwarding, FindsNoMemberInARemovedGroup) {
    TableFixture t;
    t.subscribe("b", "q");
    EXPECT_TRUE(t.table.route_group("a", 0, "q", 1, GroupChoice::anybody)->nobody());
    EXPECT_TRUE(t.table.route_group("a", 0, "never-heard-of", 1, GroupChoice::anybody)->nobody());
}

TEST(Forwarding, RemembersThePublisherThatWantsNoEcho) {
    TableFixture t;
    Subscriber& publisher = t.connect();
    t.subscribe(publisher, "a", "q", false, true);
    const auto key = publisher.connection_key;
    EXPECT_TRUE(t.table.route_group("a", key, "q", 1, GroupChoice::anybody)->nobody());
    EXPECT_FALSE(t.table.route_group("a", key + 1, "q", 1, GroupChoice::anybody)->nobody());
}

TEST(Forwarding, SkipsMembersWithoutRoomOnRequest) {
    TableFixture t;
    Subscription& member = t.subscribe_with_credit("a", "q", 1);
    ASSERT_TRUE(t.load(member)->claim());
    EXPECT_TRUE(t.table.route_group("a", 0, "q", 1, GroupChoice::who_takes)->nobody());
    const auto route = t.table.route_group("a", 0, "q", 1, GroupChoice::anybody);
    ASSERT_EQ(route->groups.size(), 1U);
    EXPECT_FALSE(route->groups[0].claimed);
}

}  // namespace
}  // namespace telex::router

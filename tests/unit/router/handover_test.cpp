// Queue groups over several reactors, and messages that come from another one.
#include "router/routing_table.hpp"
#include "unit/router/table_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string_view>
#include <vector>

namespace telex::router {
namespace {

using test::TableFixture;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string_view> kQ = {"q"};

TEST(Handover, PrefersTheMemberHereWhileItIsNotBehind) {
    TableFixture t;
    Subscriber& local = t.connect();
    const Subscription& member = t.subscribe(local, "a", "q");
    t.table.apply(1, {"a", false, "q", 1000});
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(t.member("a"), &member);
    }
    local.behind = true;
    const auto route = t.table.route("a", 0);
    EXPECT_THAT(route->groups, IsEmpty());
    ASSERT_EQ(route->handovers.size(), 1U);
    EXPECT_FALSE(route->handovers[0].plain);
    EXPECT_THAT(route->handovers[0].groups, ElementsAre("q"));
}

TEST(Handover, ChoosesAmongReactorsByTheirMembers) {
    TableFixture t;
    t.table.apply(1, {"a", false, "q", 3});
    t.table.apply(2, {"a", false, "q", 1});
    t.table.apply(2, {"*", false, "q", 4});
    std::map<ReactorIndex, int> chosen;
    for (int i = 0; i < 8000; ++i) {
        const auto route = t.table.route("a", 0);
        ASSERT_EQ(route->handovers.size(), 1U);
        ++chosen[route->handovers[0].reactor];
    }
    EXPECT_NEAR(chosen[1], 3000, 250);
    EXPECT_NEAR(chosen[2], 5000, 250);
}

TEST(Handover, CarriesPlainAndGroupsTogether) {
    TableFixture t;
    t.table.apply(1, {"a", false, "", 1});
    t.table.apply(1, {"a", false, "q1", 1});
    t.table.apply(1, {"*", false, "q2", 1});
    t.table.apply(2, {"a", false, "q3", 1});
    const auto route = t.table.route("a", 0);
    ASSERT_EQ(route->handovers.size(), 2U);
    EXPECT_TRUE(route->handovers[0].plain);
    EXPECT_THAT(route->handovers[0].groups, testing::UnorderedElementsAre("q1", "q2"));
    EXPECT_FALSE(route->handovers[1].plain);
    EXPECT_THAT(route->handovers[1].groups, ElementsAre("q3"));
}

TEST(Handover, TheReceiverServesOnlyWhatItWasChosenFor) {
    TableFixture t;
    const Subscription& plain = t.subscribe("a");
    const Subscription& chosen = t.subscribe("*", "q");
    t.subscribe("a", "other");
    t.table.apply(1, {"a", false, "", 1});
    {
        const auto route = t.table.route_handed_over("a", 0, {true, kQ, {}});
        EXPECT_THAT(route->plain, ElementsAre(&plain));
        ASSERT_EQ(route->groups.size(), 1U);
        EXPECT_EQ(route->groups[0].member, &chosen);
        EXPECT_THAT(route->handovers, IsEmpty());
        EXPECT_THAT(route->lost, IsEmpty());
    }
    const auto groups_only = t.table.route_handed_over("a", 0, {false, kQ, {}});
    EXPECT_THAT(groups_only->plain, IsEmpty());
    EXPECT_EQ(groups_only->groups.size(), 1U);
}

TEST(Handover, TheReceiverServesAMemberThatIsBehindBeforeItPassesOn) {
    TableFixture t;
    Subscriber& slow = t.connect();
    const Subscription& member = t.subscribe(slow, "a", "q");
    slow.behind = true;
    t.table.apply(1, {"a", false, "q", 9});
    const auto route = t.table.route_handed_over("a", 0, {false, kQ, {}});
    ASSERT_EQ(route->groups.size(), 1U);
    EXPECT_EQ(route->groups[0].member, &member);
    EXPECT_THAT(route->handovers, IsEmpty());
}

TEST(Handover, PassesOnAGroupThatHasNobodyLeft) {
    TableFixture t;
    t.table.apply(1, {"a", false, "q", 1});
    t.table.apply(2, {"a", false, "q", 1});
    ReactorSet tried;
    tried.add(1);
    const auto route = t.table.route_handed_over("a", 0, {false, kQ, tried});
    ASSERT_EQ(route->handovers.size(), 1U);
    EXPECT_EQ(route->handovers[0].reactor, 2);
    EXPECT_FALSE(route->handovers[0].plain);
    EXPECT_THAT(route->handovers[0].groups, ElementsAre("q"));
    EXPECT_TRUE(route->tried.contains(0));
    EXPECT_TRUE(route->tried.contains(1));
    EXPECT_FALSE(route->tried.contains(2));
}

TEST(Handover, NamesTheGroupThatNobodyServes) {
    TableFixture t;
    t.table.apply(1, {"a", false, "q", 1});
    ReactorSet tried;
    tried.add(1);
    {
        const auto route = t.table.route_handed_over("a", 0, {false, kQ, tried});
        EXPECT_THAT(route->lost, ElementsAre("q"));
        EXPECT_TRUE(route->nobody());
    }
    const std::vector<std::string_view> unknown = {"never-heard-of"};
    const auto route = t.table.route_handed_over("a", 0, {false, unknown, {}});
    EXPECT_THAT(route->lost, ElementsAre("never-heard-of"));
}

TEST(Handover, RemembersThePublisherThatWantsNoEcho) {
    TableFixture t;
    Subscriber& publisher = t.connect();
    t.subscribe(publisher, "a", "q", false, true);
    const auto route = t.table.route_handed_over("a", publisher.connection_key, {false, kQ, {}});
    EXPECT_THAT(route->groups, IsEmpty());
    EXPECT_THAT(route->lost, ElementsAre("q"));
}

}  // namespace
}  // namespace telex::router

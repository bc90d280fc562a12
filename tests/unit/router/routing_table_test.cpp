#include "router/routing_table.hpp"

#include "unit/router/table_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::router {
namespace {

using test::TableFixture;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(RoutingTable, DeliversOncePerMatchingSubscription) {
    TableFixture t;
    Subscriber& one = t.connect();
    const Subscription& exact = t.subscribe(one, "a.b");
    const Subscription& star = t.subscribe(one, "a.*");
    const Subscription& other = t.subscribe("a.b");
    t.subscribe("a.c");
    EXPECT_THAT(t.plain("a.b"), UnorderedElementsAre(&exact, &star, &other));
    EXPECT_THAT(t.plain("a"), IsEmpty());
}

TEST(RoutingTable, ReportsWhenThereIsNoSubscriber) {
    TableFixture t;
    t.subscribe("a");
    EXPECT_TRUE(t.table.route("b", 0, 1)->nobody());
    EXPECT_FALSE(t.table.route("a", 0, 1)->nobody());
}

TEST(RoutingTable, FollowsEveryChangeAlsoWhenTheSubjectIsCached) {
    TableFixture t;
    EXPECT_THAT(t.plain("a.b"), IsEmpty());
    Subscription& literal = t.subscribe("a.b");
    EXPECT_THAT(t.plain("a.b"), UnorderedElementsAre(&literal));
    Subscription& wildcard = t.subscribe("a.>");
    EXPECT_THAT(t.plain("a.b"), UnorderedElementsAre(&literal, &wildcard));
    Subscription& second = t.subscribe("a.b");
    EXPECT_THAT(t.plain("a.b"), UnorderedElementsAre(&literal, &wildcard, &second));
    t.table.unsubscribe(literal);
    EXPECT_THAT(t.plain("a.b"), UnorderedElementsAre(&wildcard, &second));
    t.table.unsubscribe(wildcard);
    EXPECT_THAT(t.plain("a.b"), UnorderedElementsAre(&second));
    t.table.unsubscribe(second);
    EXPECT_THAT(t.plain("a.b"), IsEmpty());
    // The place of the filter in the trie is taken by another one.
    const Subscription& newcomer = t.subscribe("x.y");
    EXPECT_THAT(t.plain("a.b"), IsEmpty());
    EXPECT_THAT(t.plain("x.y"), UnorderedElementsAre(&newcomer));
}

TEST(RoutingTable, AnswersRepeatedSubjectsFromItsCache) {
    TableFixture t;
    t.subscribe("a.b");
    EXPECT_GT(t.table.route("a.b", 0, 1)->visited, 0U);
    EXPECT_EQ(t.table.route("a.b", 0, 1)->visited, 0U) << "the same route";
    EXPECT_GT(t.table.route("other", 0, 1)->visited, 0U);
    EXPECT_GT(t.table.route("a.b", 0, 1)->visited, 0U) << "comes up again: kept";
    t.subscribe("c.d");
    EXPECT_EQ(t.table.route("a.b", 0, 1)->visited, 0U);
    t.subscribe("c.*");
    EXPECT_GT(t.table.route("a.b", 0, 1)->visited, 0U);
}

// The same message again takes the route that is still there, unless something changed it.
TEST(RoutingTable, RepeatsARouteOnlyWhileItIsTrue) {
    TableFixture t;
    const Subscription& here = t.subscribe("a");
    const auto reactors = [&] { return t.table.route("a", 0, 1)->forwards.size(); };
    EXPECT_EQ(reactors(), 0U);
    t.table.apply(3, {"a", false, nullptr, true});
    EXPECT_EQ(reactors(), 1U);
    EXPECT_EQ(reactors(), 1U);
    {
        // Built in the same place, without the part that is elsewhere.
        const auto other = t.table.route_plain("a", 0);
        EXPECT_EQ(other->forwards.size(), 0U);
    }
    EXPECT_EQ(reactors(), 1U);
    EXPECT_THAT(t.plain("b"), IsEmpty());
    EXPECT_THAT(t.plain("a"), UnorderedElementsAre(&here));
    t.table.apply(3, {"a", false, nullptr, false});
    EXPECT_EQ(reactors(), 0U);
}

TEST(RoutingTable, HidesReservedSubjectsPerSubscription) {
    TableFixture t;
    const Subscription& ours = t.subscribe(">");
    const Subscription& tool = t.subscribe(t.connect(), ">", {}, true);
    const Subscription& named = t.subscribe("$SYS.>");
    EXPECT_THAT(t.plain("$SYS.x"), UnorderedElementsAre(&tool, &named));
    EXPECT_THAT(t.plain("x"), UnorderedElementsAre(&ours, &tool));
}

TEST(RoutingTable, KeepsEchoFromThoseWhoDoNotWantIt) {
    TableFixture t;
    Subscriber& publisher = t.connect();
    t.subscribe(publisher, "a", {}, false, true);
    const Subscription& wants_echo = t.subscribe(publisher, "a");
    const Subscription& other = t.subscribe(t.connect(), "a", {}, false, true);
    EXPECT_THAT(t.plain("a", publisher.connection_key), UnorderedElementsAre(&wants_echo, &other));
    EXPECT_EQ(t.plain("a", 999).size(), 3U);
}

TEST(RoutingTable, RefusesFiltersThatTheTrieRefuses) {
    TableFixture t;
    Subscription subscription;
    EXPECT_EQ(t.table.subscribe(subscription, "a.>.b").error(), match::FilterError::misplaced_tail);
    EXPECT_FALSE(subscription.registered());
    EXPECT_EQ(t.table.subscriptions(), 0U);
}

TEST(RoutingTable, KnowsWhatASubscriptionAskedFor) {
    TableFixture t;
    const Subscription& plain = t.subscribe("a.*.b");
    const Subscription& member = t.subscribe("*.a.>", "workers");
    EXPECT_EQ(t.table.filter_of(plain), "a.*.b");
    EXPECT_EQ(RoutingTable::group_of(plain), "");
    EXPECT_EQ(t.table.filter_of(member), "*.a.>");
    EXPECT_EQ(RoutingTable::group_of(member), "workers");
}

TEST(RoutingTable, LeavesNothingBehind) {
    TableFixture t;
    const std::size_t empty = t.table.memory_bytes();
    std::vector<Subscription*> all;
    for (int i = 0; i < 3000; ++i) {
        const std::string filter = "a." + std::to_string(i % 700) + (i % 3 == 0 ? ".*" : ".x");
        all.push_back(&t.subscribe(filter, i % 5 == 0 ? "g" + std::to_string(i % 7) : ""));
    }
    EXPECT_EQ(t.table.subscriptions(), 3000U);
    for (Subscription* subscription : all) {
        t.table.unsubscribe(*subscription);
    }
    EXPECT_EQ(t.table.subscriptions(), 0U);
    EXPECT_EQ(t.table.filters(), 0U);
    constexpr std::size_t kElements = 32;  // the lists of segments keep one each
    EXPECT_LE(t.table.memory_bytes(), empty + kElements);
}

// Its subscriber may be destroyed before it is unsubscribed.
TEST(RoutingTable, RoutesNothingToRetiredSubscriptions) {
    TableFixture t;
    Subscriber& other = t.connect();
    const Subscription& stays = t.subscribe(other, "a");
    auto leaving = std::make_unique<Subscriber>();
    leaving->connection_key = 99;
    Subscription& plain = t.subscribe(*leaving, "a", {}, false, true);
    Subscription& alone = t.subscribe(*leaving, "b");
    EXPECT_EQ(t.plain("a").size(), 2U);
    for (Subscription* const subscription : {&plain, &alone}) {
        t.table.retire(*subscription);
    }
    leaving.reset();
    EXPECT_THAT(t.plain("a"), ElementsAre(&stays));
    EXPECT_THAT(t.plain("a", 99), ElementsAre(&stays));
    EXPECT_TRUE(t.table.route("b", 0, 1)->nobody());
    EXPECT_TRUE(t.table.route_plain("b", 0)->nobody());
    EXPECT_EQ(t.table.subscriptions(), 1U);
    EXPECT_EQ(t.table.filters(), 2U);
    EXPECT_FALSE(t.table.unsubscribe(plain)) << "another one has the filter";
    EXPECT_TRUE(t.table.unsubscribe(alone));
    EXPECT_EQ(t.table.subscriptions(), 1U);
    EXPECT_EQ(t.table.filters(), 1U);
}

TEST(RoutingTable, ChoosesNoRetiredMember) {
    TableFixture t;
    Subscriber& leaving = t.connect();
    Subscription& first = t.subscribe(leaving, "a", "group");
    Subscription& only = t.subscribe(leaving, "b", "group");
    const Subscription& stays = t.subscribe("a", "group");
    leaving.load->leave();
    const MemberLoadPtr load = TableFixture::load(first);
    for (Subscription* const subscription : {&first, &only}) {
        t.table.retire(*subscription);
    }
    EXPECT_EQ(t.table.member_here(*load), nullptr) << "one that another reactor has chosen";
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(t.member("a"), &stays);
    }
    EXPECT_TRUE(t.table.route("b", 0, 1)->nobody());
    EXPECT_TRUE(t.table.unsubscribe(first));
    EXPECT_TRUE(t.table.unsubscribe(only));
    EXPECT_EQ(t.table.filters(), 1U);
}

#ifndef NDEBUG
TEST(RoutingTableDeathTest, MustNotChangeWhileARouteIsLookedAt) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    TableFixture t;
    Subscription& subscription = t.subscribe("a");
    EXPECT_DEATH(
        {
            const auto route = t.table.route("a", 0, 1);
            t.table.unsubscribe(subscription);
        },
        "leased"
    );
}
#endif

TEST(RoutingTable, IsLargeWithManyFiltersAndRoutesTheSameAfterPrefetch) {
    TableFixture t;
    Subscriber& connection = t.connect();
    const auto subject = [](int i) { return "device." + std::to_string(i) + ".state"; };
    constexpr int kFilters = 20'000;
    EXPECT_FALSE(t.table.is_large());
    for (int i = 0; i < kFilters; ++i) {
        t.subscribe(connection, i % 10 == 0 ? subject(i) + ".*" : subject(i));
    }
    EXPECT_TRUE(t.table.is_large());
    for (int i = 0; i < kFilters; ++i) {
        const std::string names[] = {subject(i), subject(i) + ".x", "device", "", ".", "*"};
        const std::vector<std::string_view> subjects(std::begin(names), std::end(names));
        t.table.prefetch(subjects);
        EXPECT_EQ(t.table.route(subject(i), 0, 1)->plain.size(), i % 10 == 0 ? 0U : 1U);
        EXPECT_EQ(t.table.route(names[1], 0, 1)->plain.size(), i % 10 == 0 ? 1U : 0U);
    }
}

}  // namespace
}  // namespace telex::router

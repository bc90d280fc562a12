// Announcing interest to other reactors, and applying their announcements.
#include "router/routing_table.hpp"
#include "unit/router/table_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::router {
namespace {

using test::TableFixture;
using testing::ElementsAre;
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

// A publisher's reactor has to know what its messages cost elsewhere, roughly.
TEST(Interest, OfACrowdIsAnnouncedOncePerDoubling) {
    TableFixture t;
    std::vector<Subscription*> crowd;
    std::vector<std::uint32_t> announced;
    for (std::uint32_t count = 1; count <= 1'000; ++count) {
        crowd.push_back(&t.subscribe("a"));
        if (t.change) {
            announced.push_back(t.change->more);
        }
    }
    EXPECT_THAT(announced, ElementsAre(0U, 63U, 127U, 255U, 511U));
    announced.clear();
    bool there = true;
    for (; !crowd.empty(); crowd.pop_back()) {
        if (const auto change = t.table.unsubscribe(*crowd.back())) {
            announced.push_back(change->more);
            there = change->there;
        }
    }
    EXPECT_THAT(announced, ElementsAre(510U, 254U, 126U, 0U, 0U));
    EXPECT_FALSE(there);
}

TEST(Interest, OfACrowdElsewhereIsPartOfTheRoute) {
    TableFixture t;
    t.subscribe("a");
    const std::size_t alone = t.table.memory_bytes();
    t.table.apply(1, {"a", false, nullptr, true, 0, 63});
    t.table.apply(1, {"*", false, nullptr, true, 0, 127});
    t.table.apply(2, {"a", false, nullptr, true, 0, 255});
    EXPECT_EQ(t.table.route("a", 0, 1)->elsewhere, 63U + 127U + 255U);
    EXPECT_EQ(t.table.route("a", 0, 1)->elsewhere, 63U + 127U + 255U) << "of each message";
    EXPECT_EQ(t.table.route_plain("a", 0)->elsewhere, 0U) << "it came from there";
    t.table.apply(1, {"a", false, nullptr, true, 0, 0});
    t.table.apply(1, {"*", false, nullptr, false});
    EXPECT_EQ(t.table.route("a", 0, 1)->elsewhere, 255U);
    t.table.apply(2, {"a", false, nullptr, false});
    t.table.apply(1, {"a", false, nullptr, false});
    const auto route = t.table.route("a", 0, 1);
    EXPECT_EQ(route->elsewhere, 0U);
    EXPECT_TRUE(route->forwards.empty());
    EXPECT_EQ(t.table.memory_bytes(), alone);
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

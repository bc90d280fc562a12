#include "router/queue_group.hpp"

#include "router/routing_table.hpp"
#include "unit/router/table_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace telex::router {
namespace {

using test::TableFixture;

TEST(QueueGroup, OneMemberPerMessageAndAllInTurn) {
    TableFixture t;
    for (int i = 0; i < 4; ++i) {
        t.subscribe("a", "workers");
    }
    std::map<const Subscription*, int> got;
    for (int i = 0; i < 4000; ++i) {
        ++got[t.member("a")];
    }
    ASSERT_EQ(got.size(), 4U);
    for (const auto& [member, messages] : got) {
        // 1,000 are expected; 150 is more than five standard deviations.
        EXPECT_NEAR(messages, 1000, 150);
    }
}

TEST(QueueGroup, IsOneGroupOverSeveralFilters) {
    TableFixture t;
    std::set<const Subscription*> members = {
        &t.subscribe("a.*", "q"), &t.subscribe("a.>", "q"), &t.subscribe("a.b", "q")
    };
    std::set<const Subscription*> got;
    for (int i = 0; i < 200; ++i) {
        const Subscription* member = t.member("a.b");
        ASSERT_NE(member, nullptr);
        got.insert(member);
    }
    EXPECT_EQ(got, members);
}

TEST(QueueGroup, EveryGroupAndEveryPlainSubscriptionGetsTheMessage) {
    TableFixture t;
    t.subscribe("a", "g1");
    t.subscribe("a", "g2");
    t.subscribe("*", "g3");
    t.subscribe("a");
    const auto route = t.table.route("a", 0, 1);
    EXPECT_EQ(route->plain.size(), 1U);
    ASSERT_EQ(route->groups.size(), 3U);
    std::set<std::string_view> names;
    for (const GroupTarget& target : route->groups) {
        names.insert(target.member->load->facts().group);
    }
    EXPECT_EQ(names, (std::set<std::string_view>{"g1", "g2", "g3"}));
}

TEST(QueueGroup, OneConnectionMayHoldSeveralMembers) {
    TableFixture t;
    Subscriber& connection = t.connect();
    const Subscription& first = t.subscribe(connection, "a", "q");
    const Subscription& second = t.subscribe(connection, "a", "q");
    std::set<const Subscription*> got;
    for (int i = 0; i < 100; ++i) {
        got.insert(t.member("a"));
    }
    EXPECT_EQ(got, (std::set<const Subscription*>{&first, &second}));
}

TEST(QueueGroup, PassesOverMembersWithoutRoom) {
    TableFixture t;
    Subscriber& slow = t.connect();
    t.subscribe(slow, "a", "q");
    t.subscribe(slow, "*", "q");
    const Subscription& quick = t.subscribe("a", "q");
    slow.load->lose_room();
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(t.member("a"), &quick);
    }
}

TEST(QueueGroup, ServesAMemberWithoutRoomWhenThereIsNoOther) {
    TableFixture t;
    Subscriber& slow = t.connect();
    const Subscription& only = t.subscribe(slow, "a", "q");
    slow.load->lose_room();
    EXPECT_EQ(t.member("a"), &only);
}

TEST(QueueGroup, SparesThePublisherItsOwnMessagesIfItSaysSo) {
    TableFixture t;
    Subscriber& publisher = t.connect();
    t.subscribe(publisher, "a", "q", false, true);
    EXPECT_EQ(t.member("a", publisher.connection_key), nullptr);
    EXPECT_TRUE(t.table.route("a", publisher.connection_key, 1)->nobody());
    const Subscription& other = t.subscribe("a", "q");
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(t.member("a", publisher.connection_key), &other);
    }
}

TEST(QueueGroup, NamesAreApartFromSubjects) {
    TableFixture t;
    const Subscription& member = t.subscribe("a.b", "a.b");
    const Subscription& wild = t.subscribe("a.c", ">");
    EXPECT_EQ(t.member("a.b"), &member);
    EXPECT_EQ(t.member("a.c"), &wild);
}

TEST(QueueGroup, AHundredThousandMembersThatAreBehindCostABoundedLook) {
    TableFixture t;
    Subscriber& slow = t.connect();
    for (int i = 0; i < 100'000; ++i) {
        t.subscribe(slow, "a", "q");
    }
    slow.load->lose_room();
    const MemberLoadPtr quick = t.apply_member(1, "a", "q");
    // Passing over all of them each time would be a hundred million looks.
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(t.chosen("a"), quick);
    }
    quick->connection().lose_room();
    for (int i = 0; i < 1000; ++i) {
        ASSERT_NE(t.chosen("a"), nullptr) << "its policy decides what happens then";
    }
}

TEST(QueueGroup, ManyGroupsOnOneFilterComeAndGo) {
    TableFixture t;
    std::vector<Subscription*> all;
    for (int i = 0; i < 2000; ++i) {
        all.push_back(&t.subscribe("a", "group-number-" + std::to_string(i * 7919 % 2000)));
    }
    EXPECT_EQ(t.table.route("a", 0, 1)->groups.size(), 2000U);
    for (std::size_t i = 0; i < all.size(); i += 2) {
        t.table.unsubscribe(*all[i]);
    }
    EXPECT_EQ(t.table.route("a", 0, 1)->groups.size(), 1000U);
}

}  // namespace
}  // namespace telex::router

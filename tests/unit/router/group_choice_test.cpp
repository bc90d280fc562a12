// Which member of a queue group gets a message: statistics under fixed seeds, and the rules.
#include "match/random.hpp"
#include "router/routing_table.hpp"
#include "unit/router/table_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace telex::router {
namespace {

using test::TableFixture;

// A message that waits keeps its place until its ticket goes.
struct Routed {
    MemberLoadPtr member;
    bool claimed = false;
    WaitingTicket ticket;
};

Routed route_one(TableFixture& t) {
    const auto route = t.table.route("a", 0, 1);
    const GroupTarget& target =
        route->groups.empty() ? route->forwards[0].groups[0] : route->groups[0];
    return {
        target.member->load,
        target.claimed,
        target.line == nullptr ? WaitingTicket() : WaitingTicket(*target.line)
    };
}

TEST(GroupChoice, IdleMembersOnAllReactorsShareAlike) {
    TableFixture t;
    std::map<MemberLoadPtr, int> got;
    for (ReactorIndex reactor = 0; reactor < 4; ++reactor) {
        for (int i = 0; i < 2; ++i) {
            const MemberLoadPtr member =
                reactor == 0 ? t.load(t.subscribe("a", "q")) : t.apply_member(reactor, "a", "q");
            got[member] = 0;
        }
    }
    for (int i = 0; i < 8000; ++i) {
        const MemberLoadPtr member = t.chosen("a");
        member->connection().cancel(1);  // done at once
        ++got.at(member);
    }
    for (const auto& [member, messages] : got) {
        // 1,000 are expected; 150 is more than five standard deviations.
        EXPECT_NEAR(messages, 1000, 150);
    }
}

TEST(GroupChoice, WhoDoesNothingIsNeverFarAheadInWhatItHasGot) {
    TableFixture t;
    std::map<MemberLoadPtr, int> got;
    for (int i = 0; i < 8; ++i) {
        t.subscribe("a", "q");
    }
    for (int i = 0; i < 8000; ++i) {
        ++got[t.chosen("a")];
    }
    // Of n members the fullest of two choices is ahead by log log n (Mitzenmacher), of one by the
    // square root of the messages.
    for (const auto& [member, messages] : got) {
        EXPECT_NEAR(messages, 1000, 5);
    }
}

TEST(GroupChoice, WhoHasMoreToDoGetsLess) {
    TableFixture t;
    const MemberLoadPtr loaded = t.load(t.subscribe("a", "q"));
    for (int i = 0; i < 3; ++i) {
        t.subscribe("a", "q");
    }
    loaded->connection().settle(1000);
    for (int i = 0; i < 1000; ++i) {
        const MemberLoadPtr member = t.chosen("a");
        EXPECT_NE(member, loaded);
        member->connection().cancel(1);
    }
    loaded->connection().settle(0);
    std::set<MemberLoadPtr> got;
    for (int i = 0; i < 200; ++i) {
        got.insert(t.chosen("a"));
    }
    EXPECT_TRUE(got.contains(loaded));
}

TEST(GroupChoice, WhatIsNotAcknowledgedCountsAsLoad) {
    TableFixture t;
    const MemberLoadPtr busy = t.load(t.subscribe_with_credit("a", "q", 100));
    const MemberLoadPtr quick = t.load(t.subscribe_with_credit("a", "q", 100));
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(busy->claim());
    }
    EXPECT_EQ(busy->load(7), 70U);
    busy->grant(4);
    EXPECT_EQ(busy->load(7), 42U);
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(t.chosen("a"), quick);
        quick->connection().cancel(1);
        quick->grant(1);
    }
    busy->grant(1'000'000);
    EXPECT_EQ(busy->load(7), 0U) << "more credit than messages is no advance";
}

TEST(GroupChoice, CreditIsNeverGivenTwice) {
    TableFixture t;
    TableFixture other(1);
    const Subscription& subscription = t.subscribe_with_credit("a", "q", 10);
    const MemberLoadPtr member = t.load(subscription);
    other.table.apply(0, *t.change);
    int claimed = 0;
    for (int i = 0; i < 100; ++i) {
        claimed += route_one(t).claimed ? 1 : 0;
        claimed += route_one(other).claimed ? 1 : 0;
    }
    EXPECT_EQ(claimed, 10);
}

TEST(GroupChoice, MessagesDoNotWaitWhileAMemberHasCredit) {
    TableFixture t;
    const MemberLoadPtr busy = t.load(t.subscribe_with_credit("a", "q", 1));
    ASSERT_TRUE(busy->claim());
    const MemberLoadPtr free = t.apply_member(1, "a", "q", 1000);
    for (int i = 0; i < 100; ++i) {
        const Routed routed = route_one(t);
        ASSERT_EQ(routed.member, free);
        ASSERT_TRUE(routed.claimed);
    }
}

TEST(GroupChoice, ASoleMemberWithCreditIsFoundAmongManyWithout) {
    TableFixture t;
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(t.load(t.subscribe_with_credit("a", "q", 1))->claim());
    }
    EXPECT_FALSE(route_one(t).claimed);
    const MemberLoadPtr last = t.load(t.subscribe_with_credit("a", "q", 1));
    const Routed routed = route_one(t);
    EXPECT_EQ(routed.member, last);
    EXPECT_TRUE(routed.claimed);
    EXPECT_FALSE(route_one(t).claimed);
}

TEST(GroupChoice, ClosedMembersAreReopened) {
    TableFixture t;
    const MemberLoadPtr member = t.apply_member(3, "a", "q", 1);
    EXPECT_TRUE(route_one(t).claimed);
    EXPECT_FALSE(route_one(t).claimed);
    member->grant(1);
    const ReactorSet watchers = member->take_watchers();
    EXPECT_TRUE(watchers.contains(0));
    EXPECT_EQ(watchers.size(), 1U);
    EXPECT_TRUE(member->take_watchers().empty());
    EXPECT_TRUE(t.table.reopen(*member));
    EXPECT_TRUE(route_one(t).claimed);
    EXPECT_FALSE(t.table.reopen(*TableFixture::make_member(1, "q")));
}

TEST(GroupChoice, AWatcherThatComesTooLateSeesTheCredit) {
    const MemberLoadPtr member = TableFixture::make_member(1, "q", 1);
    ASSERT_TRUE(member->claim());
    EXPECT_FALSE(member->takes());
    member->grant(1);
    (void)member->take_watchers();
    EXPECT_TRUE(member->watch(0)) << "it would never be told";
}

TEST(GroupChoice, RoomNotifiesWatchingReactors) {
    const MemberLoadPtr member = TableFixture::make_member(1, "q");
    ConnectionLoad& connection = member->connection();
    EXPECT_FALSE(connection.gain_room());
    connection.lose_room();
    EXPECT_FALSE(member->watch(2));
    EXPECT_TRUE(connection.gain_room());
    EXPECT_TRUE(member->take_watchers().contains(2));
    connection.leave();
    EXPECT_FALSE(connection.gain_room()) << "it does not come back";
    EXPECT_FALSE(member->takes());
}

TEST(GroupChoice, WhileMessagesWaitTheNextGoBehindThem) {
    TableFixture t;
    const MemberLoadPtr first = t.load(t.subscribe_with_credit("a", "q", 1));
    const MemberLoadPtr second = t.apply_member(1, "a", "q", 1);
    ASSERT_TRUE(first->claim() && second->claim());
    std::optional<Routed> waiting = route_one(t);
    EXPECT_FALSE(waiting->claimed);
    const MemberLoadPtr& other = waiting->member == first ? second : first;
    other->grant(5);
    (void)other->take_watchers();
    t.table.reopen(*other);
    {
        const Routed next = route_one(t);
        EXPECT_EQ(next.member, waiting->member);
        EXPECT_FALSE(next.claimed);
    }
    waiting.reset();  // it has reached its member
    const Routed next = route_one(t);
    EXPECT_EQ(next.member, other);
    EXPECT_TRUE(next.claimed);
}

TEST(GroupChoice, MessagesDoNotWaitAtWhoLeaves) {
    TableFixture t;
    Subscription& going = t.subscribe_with_credit("a", "q", 1);
    const MemberLoadPtr load = t.load(going);
    ASSERT_TRUE(load->claim());
    const Routed waiting = route_one(t);
    ASSERT_EQ(waiting.member, load);
    const MemberLoadPtr other = t.apply_member(1, "a", "q", 1);
    ASSERT_TRUE(other->claim());
    load->connection().leave();
    EXPECT_EQ(route_one(t).member, other);
    t.table.unsubscribe(going);
    EXPECT_EQ(route_one(t).member, other);
}

TEST(GroupChoice, ItWaitsAtWhoReadsBeforeItGoesToWhoDoesNot) {
    TableFixture t;
    const MemberLoadPtr stalled = t.load(t.subscribe("a", "q"));
    stalled->connection().lose_room();
    const MemberLoadPtr busy = t.load(t.subscribe_with_credit("a", "q", 1));
    ASSERT_TRUE(busy->claim());
    const Routed routed = route_one(t);
    EXPECT_EQ(routed.member, busy);
    EXPECT_FALSE(routed.claimed);
}

TEST(GroupChoice, WhoDropsWhatItGetsAttractsNoMore) {
    TableFixture t;
    const MemberLoadPtr dropper = t.load(t.subscribe("a", "q"));
    const MemberLoadPtr worker = t.load(t.subscribe("a", "q"));
    int dropped = 0;
    for (int i = 0; i < 100; ++i) {
        const MemberLoadPtr member = t.chosen("a");
        if (member == dropper) {
            member->connection().cancel(1);
            member->refuse(1);
            ++dropped;
        }
    }
    EXPECT_LE(dropped, 55) << "as if it had queued them, as the other one does";
    worker->connection().settle(0);
    dropper->forgive();
    EXPECT_EQ(dropper->load(1), 0U);
}

TEST(GroupChoice, AnEndAfterSoManyMessagesIsACreditOfItsOwn) {
    const auto connection = std::make_shared<ConnectionLoad>();
    MemberLoad member({.group = "q", .credit = 10, .max_messages = 2}, connection);
    EXPECT_TRUE(member.claim() && member.claim());
    EXPECT_FALSE(member.claim());
    member.grant(5);
    EXPECT_FALSE(member.claim());
    member.allow_one_more();
    EXPECT_TRUE(member.claim());
    EXPECT_FALSE(member.claim());
    member.give_back();
    EXPECT_TRUE(member.claim());
}

TEST(GroupChoice, CreditDoesNotOverflow) {
    const MemberLoadPtr member = TableFixture::make_member(1, "q", 5);
    member->grant(UINT64_MAX);
    member->grant(UINT64_MAX);
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(member->claim());
    }
}

}  // namespace
}  // namespace telex::router

#include "router/reply_table.hpp"

#include "base/time.hpp"
#include "match/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace telex::router {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kStart{std::chrono::hours(1)};

struct ReplyTableTest : testing::Test {
    ReplyTable table{3, 1'000, [this] { return next_secret++; }};
    std::uint64_t next_secret = 1000;
    Requester one;
    Requester two;

    ReplyAddress open(Requester& requester, std::uint64_t id, TimePoint deadline = kStart) {
        const auto subject = table.open(requester, id, kStart, deadline);
        EXPECT_TRUE(subject);
        return *parse_reply_subject(subject->view());
    }

    std::vector<std::uint64_t> expire(TimePoint now) {
        std::vector<std::uint64_t> ids;
        while (const auto pending = table.take_expired(now)) {
            ids.push_back(pending->request_id);
        }
        return ids;
    }
};

TEST_F(ReplyTableTest, AnAnswerFindsItsRequestOnce) {
    const ReplyAddress address = open(one, 7);
    EXPECT_EQ(address.reactor, 3);
    EXPECT_EQ(table.pending(), 1U);
    const auto pending = table.take(address);
    ASSERT_TRUE(pending);
    EXPECT_EQ(pending->requester, &one);
    EXPECT_EQ(pending->request_id, 7U);
    EXPECT_FALSE(table.take(address));
    EXPECT_EQ(table.pending(), 0U);
    EXPECT_EQ(one.pending, 0U);
}

TEST_F(ReplyTableTest, AGuessDisturbsNothing) {
    const ReplyAddress address = open(one, 7);
    for (const std::uint64_t offset : {1ULL, 2ULL, ~0ULL}) {
        EXPECT_FALSE(table.take({3, address.slot, address.secret + offset}));
    }
    EXPECT_FALSE(table.take({3, address.slot + 1, address.secret}));
    EXPECT_FALSE(table.take({3, std::numeric_limits<std::uint32_t>::max(), address.secret}));
    EXPECT_FALSE(table.take({2, address.slot, address.secret}));
    EXPECT_TRUE(table.take(address));
}

TEST_F(ReplyTableTest, AStaleAnswerDoesNotReachTheNextUserOfTheSlot) {
    const ReplyAddress old = open(one, 1);
    EXPECT_THAT(expire(kStart), ElementsAre(1U));
    const ReplyAddress fresh = open(two, 2);
    EXPECT_EQ(fresh.slot, old.slot);
    EXPECT_FALSE(table.take(old));
    EXPECT_TRUE(table.take(fresh));
}

TEST_F(ReplyTableTest, ASlotNeverGetsTheSameSecretTwiceInARow) {
    ReplyTable repeating(0, 10, [] { return ~std::uint64_t{0}; });
    const auto first = repeating.open(one, 1, kStart, kStart);
    const ReplyAddress old = *parse_reply_subject(first->view());
    ASSERT_TRUE(repeating.take(old));
    const auto second = repeating.open(one, 2, kStart, kStart);
    EXPECT_NE(second->view(), first->view());
    EXPECT_FALSE(repeating.take(old));
    repeating.close(one);
}

TEST_F(ReplyTableTest, ExpiresInTheOrderOfDeadlines) {
    open(one, 3, kStart + milliseconds(30));
    open(one, 1, kStart + milliseconds(10));
    open(two, 2, kStart + milliseconds(20));
    EXPECT_EQ(table.next_deadline(), kStart + milliseconds(10));
    EXPECT_THAT(expire(kStart + milliseconds(9)), IsEmpty());
    EXPECT_THAT(expire(kStart + milliseconds(20)), ElementsAre(1U, 2U));
    EXPECT_EQ(table.next_deadline(), kStart + milliseconds(30));
    EXPECT_THAT(expire(kStart + milliseconds(31)), ElementsAre(3U));
    EXPECT_EQ(table.next_deadline(), std::nullopt);
}

TEST_F(ReplyTableTest, KnowsWhenARequestWasOpened) {
    const auto subject = table.open(one, 1, kStart + milliseconds(3), kStart + milliseconds(9));
    const auto pending = table.take(*parse_reply_subject(subject->view()));
    ASSERT_TRUE(pending);
    EXPECT_EQ(pending->opened, kStart + milliseconds(3));
}

TEST_F(ReplyTableTest, ARequestEndsWhenItsLastTargetIsAbsent) {
    const ReplyAddress one_target = open(one, 1);
    const ReplyAddress three = open(one, 2);
    table.set_targets(three, 3);
    EXPECT_EQ(table.take_if_last(one_target)->request_id, 1U);
    EXPECT_FALSE(table.take_if_last(one_target));
    EXPECT_FALSE(table.take_if_last(three));
    EXPECT_FALSE(table.take_if_last(three));
    EXPECT_EQ(table.pending(), 1U);
    EXPECT_EQ(table.take_if_last(three)->request_id, 2U);
    table.set_targets(three, 2);  // no effect
    const ReplyAddress next = open(one, 3);
    EXPECT_TRUE(table.take_if_last(next)) << "in the same place";
}

void fill(ReplyTable& table, Requester& requester) {
    while (table.open(requester, 1, kStart, kStart)) {
    }
}

TEST_F(ReplyTableTest, RefusesWhenItIsFull) {
    fill(table, one);
    EXPECT_EQ(table.pending(), 1'000U);
    EXPECT_TRUE(table.is_full());
    EXPECT_FALSE(table.open(two, 99, kStart, kStart));
    table.close(one);
    EXPECT_TRUE(table.open(two, 99, kStart, kStart));
}

// The requester that has more gives way, until both have the same.
TEST_F(ReplyTableTest, GivesANewRequesterAPlaceOfTheOneThatHasMost) {
    match::SplitMix64 random(9);
    ReplyTable shared(3, 1'000, [&] { return random.next(); });
    fill(shared, one);
    while (const auto displaced = shared.displace_for(two)) {
        EXPECT_EQ(displaced->requester, &one);
        EXPECT_TRUE(shared.open(two, 2, kStart, kStart));
    }
    EXPECT_EQ(shared.pending(), 1'000U);
    EXPECT_GE(two.pending, 400U);
    EXPECT_GE(one.pending, 500U);
}

TEST_F(ReplyTableTest, TakesNoPlaceOfOneThatHasNoMore) {
    ReplyTable small(3, 1, [this] { return next_secret++; });
    fill(small, one);
    EXPECT_FALSE(small.displace_for(two));
    EXPECT_FALSE(small.displace_for(one));
}

// Ten of them fill the table; one that comes later gets what it needs.
TEST_F(ReplyTableTest, LetsNoCrowdKeepAnotherRequesterOut) {
    match::SplitMix64 random(9);
    ReplyTable shared(3, 1'000, [&] { return random.next(); });
    std::vector<Requester> greedy(10);
    for (std::uint64_t id = 0; id < 1'000; ++id) {
        EXPECT_TRUE(shared.open(greedy[id % greedy.size()], id, kStart, kStart));
    }
    for (std::uint64_t id = 0; id < 50; ++id) {
        EXPECT_TRUE(shared.displace_for(one));
        EXPECT_TRUE(shared.open(one, id, kStart, kStart));
    }
    for (const Requester& requester : greedy) {
        EXPECT_GE(requester.pending, 90U);
    }
}

TEST_F(ReplyTableTest, FreesItsMemoryOnceAllIsOver) {
    ReplyTable large(3, 100'000, [this] { return next_secret++; });
    const ReplyAddress first = *parse_reply_subject(large.open(one, 1, kStart, kStart)->view());
    fill(large, one);
    EXPECT_GE(large.memory_bytes(), 100'000U * ReplyTable::kEntryMemory);
    large.close(one);
    EXPECT_EQ(large.memory_bytes(), 0U);
    EXPECT_FALSE(large.take(first));
    EXPECT_TRUE(large.open(two, 1, kStart, kStart));
}

TEST_F(ReplyTableTest, ClosingAConnectionForgetsOnlyItsRequests) {
    std::vector<ReplyAddress> gone;
    std::vector<ReplyAddress> kept;
    for (std::uint64_t id = 0; id < 20; ++id) {
        gone.push_back(open(one, id, kStart + milliseconds(id)));
        kept.push_back(open(two, id, kStart + milliseconds(id)));
    }
    table.take(gone[5]);
    table.take(gone[19]);
    table.take(gone[0]);
    table.close(one);
    EXPECT_EQ(one.pending, 0U);
    for (const ReplyAddress& address : gone) {
        EXPECT_FALSE(table.take(address));
    }
    for (const ReplyAddress& address : kept) {
        EXPECT_TRUE(table.take(address));
    }
    table.close(one);
    EXPECT_EQ(table.next_deadline(), std::nullopt);
}

TEST_F(ReplyTableTest, KeepsItsBooksUnderRandomUse) {
    match::SplitMix64 random(5);
    std::vector<ReplyAddress> open_ones;
    std::vector<ReplyAddress> over;
    for (int step = 0; step < 50'000; ++step) {
        if (random.below(2) == 0 && one.pending < 50 && two.pending < 50) {
            Requester& requester = random.below(2) == 0 ? one : two;
            open_ones.push_back(open(requester, 1, kStart + milliseconds(random.below(100))));
        } else if (!open_ones.empty()) {
            const std::size_t at = random.below(open_ones.size());
            ASSERT_TRUE(table.take(open_ones[at]));
            over.push_back(open_ones[at]);
            open_ones[at] = open_ones.back();
            open_ones.pop_back();
        }
        ASSERT_EQ(table.pending(), open_ones.size());
        ASSERT_EQ(one.pending + two.pending, open_ones.size());
        if (!over.empty()) {
            ASSERT_FALSE(table.take(over[random.below(over.size())]));
        }
    }
    EXPECT_EQ(expire(kStart + milliseconds(100)).size(), open_ones.size());
    EXPECT_EQ(one.first, 0U);
    EXPECT_EQ(two.first, 0U);
}

}  // namespace
}  // namespace telex::router

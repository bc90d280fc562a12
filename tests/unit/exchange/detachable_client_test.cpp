// A client that outlives its connections: its queue, bounds, takeover and end.
#include "exchange/detachable_client.hpp"

#include "support/detachable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace telex::exchange {
namespace {

using telex::testing::DetachableSession;
using telex::testing::PlainClient;
using telex::testing::RunningDetachable;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> numbered(int first, int last) {
    std::vector<std::string> notes;
    for (int number = first; number <= last; ++number) {
        notes.push_back("1 a=" + std::to_string(number));
    }
    return notes;
}

// The reactor of the connection: the client's own, and another.
class DetachableClientTest : public ::testing::TestWithParam<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(Reactors, DetachableClientTest, ::testing::Values(0, 1));

TEST_P(DetachableClientTest, KeepsMessagesForTheNextConnection) {
    RunningDetachable detachable(3);
    PlainClient& publisher = detachable.running.client(2);
    detachable.subscribe(1, "a");
    detachable.publish_numbers(publisher, "a", 1, 3);
    EXPECT_EQ(detachable.queued(), 3U);
    EXPECT_GT(detachable.charged(), 0U);
    DetachableSession& session = detachable.attached(GetParam());
    detachable.publish_numbers(publisher, "a", 4, 6);
    EXPECT_EQ(session.notes(), numbered(1, 6));
    EXPECT_EQ(detachable.queued(), 0U);
    EXPECT_EQ(detachable.charged(), 0U);
}

TEST_P(DetachableClientTest, PassesNothingToADetachedConnection) {
    RunningDetachable detachable(2);
    PlainClient& publisher = detachable.running.client(0);
    detachable.subscribe(1, "a");
    DetachableSession& first = detachable.attached(GetParam());
    detachable.publish_numbers(publisher, "a", 1, 2);
    first.detach();
    detachable.publish_numbers(publisher, "a", 3, 4);
    EXPECT_EQ(first.notes(), numbered(1, 2));
    EXPECT_THAT(first.ends(), IsEmpty());
    EXPECT_EQ(detachable.attached(1 - GetParam()).notes(), numbered(3, 4));
}

// Messages on their way to the old connection's reactor come before later ones.
TEST_P(DetachableClientTest, TakesBackWhatWasNotHandedOver) {
    RunningDetachable detachable(2);
    PlainClient& publisher = detachable.running.client(0);
    detachable.subscribe(1, "a");
    DetachableSession& first = detachable.attached(GetParam());
    first.pause();
    detachable.publish_numbers(publisher, "a", 1, 5);
    EXPECT_EQ(detachable.queued(), 5U);
    first.detach();
    detachable.publish_numbers(publisher, "a", 6, 7);
    EXPECT_EQ(detachable.attached(GetParam()).notes(), numbered(1, 7));
    EXPECT_THAT(first.notes(), IsEmpty());
    EXPECT_EQ(detachable.charged(), 0U);
}

TEST_P(DetachableClientTest, WaitsForAPausedConnection) {
    RunningDetachable detachable(2);
    PlainClient& publisher = detachable.running.client(1);
    detachable.subscribe(1, "a");
    DetachableSession& session = detachable.attached(GetParam());
    session.pause();
    detachable.publish_numbers(publisher, "a", 1, 3);
    EXPECT_THAT(session.notes(), IsEmpty());
    session.resume();
    detachable.running.settle();
    EXPECT_EQ(session.notes(), numbered(1, 3));
}

TEST_P(DetachableClientTest, IsTakenOver) {
    RunningDetachable detachable(2);
    PlainClient& publisher = detachable.running.client(0);
    detachable.subscribe(1, "a");
    DetachableSession& first = detachable.attached(GetParam());
    detachable.publish_numbers(publisher, "a", 1, 2);
    first.pause();
    detachable.publish_numbers(publisher, "a", 3, 4);
    DetachableSession& second = detachable.attached(1 - GetParam());
    DetachableSession& third = detachable.attached(1);
    detachable.publish_numbers(publisher, "a", 5, 6);
    EXPECT_THAT(first.ends(), ElementsAre(AttachmentEnd::taken_over));
    EXPECT_THAT(second.ends(), ElementsAre(AttachmentEnd::taken_over));
    EXPECT_THAT(third.ends(), IsEmpty());
    EXPECT_EQ(first.notes(), numbered(1, 2));
    EXPECT_EQ(second.notes(), numbered(3, 4));
    EXPECT_EQ(third.notes(), numbered(5, 6));
}

// The last one wins, although no earlier one was notified before the others came.
TEST(DetachableClient, IsTakenOverManyTimesAtOnce) {
    RunningDetachable detachable(3);
    PlainClient& publisher = detachable.running.client(0);
    detachable.subscribe(1, "a");
    DetachableSession& first = detachable.attached(2);
    first.pause();
    detachable.publish_numbers(publisher, "a", 1, 4);
    std::vector<DetachableSession*> others;
    for (std::size_t i = 0; i < 6; ++i) {
        others.push_back(&detachable.session(1));
    }
    for (DetachableSession* other : others) {
        other->attach_paused(*detachable.client);
    }
    others[2]->detach();
    others.back()->resume();
    detachable.running.settle();
    EXPECT_EQ(others.back()->notes(), numbered(1, 4));
    EXPECT_THAT(others.back()->ends(), IsEmpty());
    EXPECT_THAT(first.ends(), ElementsAre(AttachmentEnd::taken_over));
    EXPECT_THAT(others[3]->ends(), ElementsAre(AttachmentEnd::taken_over));
}

TEST(DetachableClient, IgnoresAConnectionThatIsGoneBeforeItAttaches) {
    RunningDetachable detachable(2);
    detachable.subscribe(1, "a");
    PlainClient& client = detachable.running.client(1);
    AttachmentLinkPtr link;
    detachable.running.at(1, [&] {
        const Attachment attachment(
            client.shard, detachable.running.exchange().shard(0), client, {}
        );
        link = attachment.link();
    });
    detachable.running.settle();
    EXPECT_FALSE(detachable.at_home([&] {
        detachable.client->attach(link);
        return detachable.client->attached();
    }));
}

// --- bounds -------------------------------------------------------------------------------------

TEST(DetachableClient, DropsTheNewestAtTheBound) {
    RunningDetachable detachable(2, {.max_messages = 3});
    PlainClient& publisher = detachable.running.client(1);
    detachable.subscribe(1, "a", v1::SLOW_POLICY_DROP_NEWEST);
    detachable.publish_numbers(publisher, "a", 1, 5);
    EXPECT_EQ(detachable.running.dropped(DropReason::slow_newest), 2U);
    EXPECT_EQ(detachable.attached(1).notes(), numbered(1, 3));
    EXPECT_EQ(detachable.running.counters().taken_messages, 3U);
}

TEST(DetachableClient, DropsTheOldestAtTheBound) {
    RunningDetachable detachable(2, {.max_messages = 3});
    PlainClient& publisher = detachable.running.client(1);
    detachable.subscribe(1, "a", v1::SLOW_POLICY_DROP_OLDEST);
    detachable.publish_numbers(publisher, "a", 1, 5);
    EXPECT_EQ(detachable.running.dropped(DropReason::slow_oldest), 2U);
    EXPECT_EQ(detachable.attached(1).notes(), numbered(3, 5));
    EXPECT_EQ(detachable.running.counters().taken_messages, 3U);
}

TEST(DetachableClient, LimitsTheBytesInItsQueue) {
    RunningDetachable detachable(2, {.max_bytes = 5'000});
    PlainClient& publisher = detachable.running.client(1);
    detachable.subscribe(1, "a", v1::SLOW_POLICY_DROP_OLDEST);
    detachable.publish(publisher, "a", std::string(6'000, 'x'));
    EXPECT_EQ(detachable.running.dropped(DropReason::slow_newest), 1U);
    for (int i = 0; i < 4; ++i) {
        detachable.publish(publisher, "a", std::string(2'000, 'x'));
    }
    EXPECT_EQ(detachable.queued(), 2U);
    EXPECT_EQ(detachable.running.dropped(DropReason::slow_oldest), 2U);
    EXPECT_LE(detachable.charged(), 5'000U);
}

// Half of the bound is on its way and cannot be dropped.
TEST(DetachableClient, KeepsItsBoundWhileAttached) {
    RunningDetachable detachable(2, {.max_messages = 4});
    PlainClient& publisher = detachable.running.client(0);
    detachable.subscribe(1, "a", v1::SLOW_POLICY_DROP_OLDEST);
    DetachableSession& session = detachable.attached(1);
    session.pause();
    for (int number = 1; number <= 7; ++number) {
        detachable.publish_numbers(publisher, "a", number, number);
    }
    EXPECT_EQ(detachable.running.dropped(DropReason::slow_oldest), 3U);
    session.resume();
    detachable.running.settle();
    EXPECT_THAT(session.notes(), ElementsAre("1 a=1", "1 a=2", "1 a=6", "1 a=7"));
}

TEST(DetachableClient, DoesNotGrowWhileTheBudgetIsTight) {
    ExchangeOptions small;
    small.memory_budget_bytes = 4'000;
    RunningDetachable detachable(2, {}, small);
    PlainClient& publisher = detachable.running.client(1);
    detachable.subscribe(1, "a", v1::SLOW_POLICY_DROP_OLDEST);
    for (int i = 0; i < 10; ++i) {
        detachable.publish(publisher, "a", std::string(800, 'x'));
    }
    EXPECT_EQ(detachable.queued(), 3U);
    EXPECT_EQ(detachable.running.dropped(DropReason::slow_oldest), 7U);
    EXPECT_LE(detachable.charged(), 4'000U);
}

TEST_P(DetachableClientTest, CountsWhatTheConnectionDidNotTake) {
    RunningDetachable detachable(2);
    PlainClient& publisher = detachable.running.client(0);
    detachable.subscribe(1, "a");
    DetachableSession& session = detachable.session(GetParam());
    detachable.running.on(session.client(), [&] {
        session.client().sent = broker::not_sent(DropReason::too_large);
    });
    detachable.publish_numbers(publisher, "a", 1, 2);
    session.attach(*detachable.client);
    detachable.running.settle();
    detachable.publish_numbers(publisher, "a", 3, 3);
    EXPECT_EQ(detachable.running.dropped(DropReason::too_large), 3U);
    EXPECT_EQ(detachable.running.counters().taken_messages, 0U);
    EXPECT_EQ(detachable.charged(), 0U);
}

// --- credit, groups, outcomes -------------------------------------------------------------------

TEST(DetachableClient, CountsMessagesThatWaitForCreditTowardsItsBound) {
    RunningDetachable detachable(2, {.max_messages = 3});
    PlainClient& publisher = detachable.running.client(1);
    detachable.subscribe(1, "a", v1::SLOW_POLICY_DROP_OLDEST);
    detachable.at_home([&] { detachable.client->port().set_credit(1, 0); });
    detachable.publish_numbers(publisher, "a", 1, 5);
    EXPECT_EQ(detachable.queued(), 3U);
    EXPECT_GT(detachable.charged(), 0U);
    EXPECT_EQ(detachable.running.dropped(DropReason::slow_oldest), 2U);
    DetachableSession& session = detachable.attached(1);
    detachable.at_home([&] { detachable.client->port().set_credit(1, 2); });
    detachable.running.settle();
    EXPECT_EQ(session.notes(), numbered(3, 4));
    detachable.destroy();
    EXPECT_EQ(detachable.charged(), 0U);
}

// A queue group passes over a member without a connection while another takes messages.
TEST_P(DetachableClientTest, LeavesTheWorkOfAGroupToOthersWhileDetached) {
    RunningDetachable detachable(2);
    PlainClient& publisher = detachable.running.client(0);
    PlainClient& other = detachable.running.client(1);
    detachable.running.on(other, [&] { other.subscribe(1, "a", "g"); });
    detachable.subscribe(1, "a", v1::SLOW_POLICY_DROP_NEWEST, "g");
    detachable.running.settle();
    detachable.publish_numbers(publisher, "a", 1, 100);
    EXPECT_EQ(detachable.queued(), 0U);
    DetachableSession& session = detachable.attached(GetParam());
    detachable.publish_numbers(publisher, "a", 1, 100);
    EXPECT_GT(session.received(), 10U);
    session.detach();
    detachable.running.settle();
    const std::size_t before = session.received();
    detachable.publish_numbers(publisher, "a", 1, 100);
    EXPECT_EQ(session.received(), before);
    EXPECT_EQ(detachable.queued(), 0U);
}

// The only member of its group gets messages although it is detached.
TEST(DetachableClient, KeepsMessagesOfAGroupWithoutOtherMembers) {
    RunningDetachable detachable(2);
    PlainClient& publisher = detachable.running.client(1);
    detachable.subscribe(1, "a", v1::SLOW_POLICY_DROP_NEWEST, "g");
    detachable.publish_numbers(publisher, "a", 1, 5);
    EXPECT_EQ(detachable.attached(1).notes(), numbered(1, 5));
}

TEST_P(DetachableClientTest, ReportsOutcomesAmongTheMessages) {
    RunningDetachable detachable(2);
    PlainClient& publisher = detachable.running.client(1);
    DetachableSession& session = detachable.attached(GetParam());
    detachable.subscribe(1, "a");
    session.pause();
    detachable.publish_numbers(publisher, "a", 1, 2);
    detachable.at_home([&] {
        detachable.client->port().unsubscribe(1);
        detachable.client->port().flush(7);
    });
    detachable.running.settle();
    session.resume();
    detachable.running.settle();
    EXPECT_THAT(
        session.notes(),
        ElementsAre(
            "subscribed 1", "1 a=1", "1 a=2", "unsubscribed 1 delivered 2 dropped 0", "flushed 7"
        )
    );
}

// An outcome is for the connection that caused it: the next one does not get it.
TEST_P(DetachableClientTest, ForgetsOutcomesOfADetachedConnection) {
    RunningDetachable detachable(2);
    DetachableSession& first = detachable.attached(GetParam());
    first.pause();
    detachable.subscribe(1, "a");
    first.detach();
    detachable.running.settle();
    EXPECT_THAT(detachable.attached(GetParam()).notes(), IsEmpty());
}

// --- end ----------------------------------------------------------------------------------------

TEST_P(DetachableClientTest, ExpiresAfterItWasDetached) {
    using std::chrono::seconds;
    RunningDetachable detachable(2, {.expiry = seconds(60)});
    PlainClient& publisher = detachable.running.client(1);
    detachable.subscribe(1, "a");
    const auto expired_in = [&](seconds time) {
        return detachable.at_home([&] {
            return detachable.client->expire(
                detachable.running.exchange().shard(0).reactor().now() + time
            );
        });
    };
    DetachableSession& session = detachable.attached(GetParam());
    EXPECT_FALSE(expired_in(seconds(1'000)));
    session.detach();
    detachable.running.settle();
    detachable.publish_numbers(publisher, "a", 1, 3);
    EXPECT_FALSE(expired_in(seconds(59)));
    EXPECT_TRUE(expired_in(seconds(61)));
    EXPECT_EQ(detachable.running.dropped(DropReason::expired), 3U);
    EXPECT_EQ(detachable.charged(), 0U);
    detachable.publish_numbers(publisher, "a", 4, 4);
    EXPECT_EQ(detachable.running.counters().unrouted_messages, 1U);
    DetachableSession& late = detachable.attached(GetParam());
    EXPECT_THAT(late.ends(), ElementsAre(AttachmentEnd::client_ended));
}

TEST_P(DetachableClientTest, EndsItsAttachments) {
    RunningDetachable detachable(2);
    PlainClient& publisher = detachable.running.client(0);
    detachable.subscribe(1, "a");
    DetachableSession& first = detachable.attached(GetParam());
    first.pause();
    detachable.publish_numbers(publisher, "a", 1, 3);
    DetachableSession& second = detachable.session(1);
    second.attach(*detachable.client);
    detachable.at_home([&] { detachable.client->end(DropReason::shutting_down); });
    detachable.running.settle();
    EXPECT_THAT(second.ends(), ElementsAre(AttachmentEnd::client_ended));
    EXPECT_EQ(first.ends().size(), 1U);
    EXPECT_EQ(detachable.charged(), 0U);
    EXPECT_FALSE(detachable.at_home([&] { return detachable.client->attached(); }));
}

}  // namespace
}  // namespace telex::exchange

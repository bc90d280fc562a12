// Each drop is counted once, and logged at a limited rate.
#include "exchange/drop_books.hpp"

#include "base/time.hpp"
#include "support/log_capture.hpp"
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace telex::exchange {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class DropBooksTest : public ::testing::Test {
protected:
    void enter(DropReason reason, std::uint64_t count = 1, ClientRecord* member = nullptr) {
        if (member != nullptr) {
            member->books().routed += count;
        }
        books_.enter(member, {.fault = {reason}, .count = count}, now_);
    }

    std::uint64_t counted(DropReason reason) const {
        return counters_.dropped[static_cast<std::size_t>(reason)];
    }

    Counters counters_;
    DropBooks books_{counters_};
    TimePoint now_{1h};
    telex::testing::LogCapture log_;
};

TEST_F(DropBooksTest, CountEachDropAndTellOneLineASecondForEachReason) {
    for (int i = 0; i < 5; ++i) {
        enter(DropReason::slow_newest);
    }
    enter(DropReason::too_large, 2);
    now_ += 1s;
    enter(DropReason::slow_newest);
    EXPECT_EQ(counted(DropReason::slow_newest), 6U);
    EXPECT_EQ(counted(DropReason::too_large), 2U);
    EXPECT_THAT(
        log_.lines(),
        ElementsAre(
            "info messages dropped: reason=slow_newest messages=1",
            "info messages dropped: reason=too_large messages=2",
            "info messages dropped: reason=slow_newest messages=5"
        )
    );
}

TEST(DropTallies, KeepTheSumsOfLoggedAndSuppressedDrops) {
    DropTally tally;
    const TimePoint now{1h};
    EXPECT_EQ(tally.add(DropReason::expired, 2, now), 2U);
    tally.told(DropReason::expired, now);
    EXPECT_EQ(tally.add(DropReason::expired, 3, now), std::nullopt);
    EXPECT_EQ(tally.total(DropReason::expired), 5U);
    EXPECT_EQ(tally.total(DropReason::too_large), 0U);
}

TEST_F(DropBooksTest, SayWhatIsKnown) {
    books_.enter(
        nullptr,
        {.fault = {DropReason::not_encodable, codec::FrameError::delimiter_in_payload},
         .subject = "a.\"b",
         .bytes = 12},
        now_
    );
    EXPECT_THAT(
        log_.lines(),
        ElementsAre("info messages dropped: reason=not_encodable framing=delimiter_in_payload "
                    "messages=1 subject=\"a.\\x22b\" bytes=12")
    );
}

TEST_F(DropBooksTest, NothingIsNoDrop) {
    enter(DropReason::group_vanished, 0);
    EXPECT_EQ(counted(DropReason::group_vanished), 0U);
    EXPECT_TRUE(log_.lines().empty());
}

// Drops of many clients that cannot be logged now are included in each client's next line.
TEST_F(DropBooksTest, BoundTheLinesOfAllMembersAndForgetNone) {
    testing::RunningExchange running(1);
    constexpr std::size_t kMembers = DropBooks::kLinesPerSecond + 5;
    std::vector<testing::PlainClient*> members;
    for (std::size_t i = 0; i < kMembers; ++i) {
        members.push_back(&running.client(0));
    }
    for (testing::PlainClient* member : members) {
        enter(DropReason::slow_oldest, 1, &member->port.record());
    }
    EXPECT_EQ(log_.lines().size(), DropBooks::kLinesPerSecond);
    now_ += 1s;
    enter(DropReason::slow_oldest, 1, &members.back()->port.record());
    EXPECT_EQ(
        log_.lines().back(), "info messages dropped: reason=slow_oldest messages=2 connection=0"
    );
    EXPECT_EQ(members.back()->port.record().books().dropped, 2U);
    EXPECT_EQ(counted(DropReason::slow_oldest), kMembers + 1);
    for (testing::PlainClient* member : members) {
        member->port.record().books() = {};  // the exchange has not routed these
    }
}

// --- what the shard enters ----------------------------------------------------------------------

class ShardDrops : public ::testing::Test {
protected:
    void publish(std::string_view subject) {
        running_.on(publisher_, [&] { publisher_.publish(subject, "x"); });
        running_.settle();
    }

    void fail_sending(DropReason reason) {
        running_.on(subscriber_, [&] { subscriber_.sent = broker::not_sent(reason); });
    }

    testing::RunningExchange running_{1};
    testing::PlainClient& publisher_{running_.client(0)};
    testing::PlainClient& subscriber_{running_.client(0)};
};

TEST_F(ShardDrops, WhatASessionCannotWriteIsNotDelivered) {
    running_.on(subscriber_, [&] { subscriber_.subscribe(1, "a"); });
    fail_sending(DropReason::too_large);
    publish("a");
    EXPECT_EQ(running_.counters().taken_messages, 0U);
    EXPECT_EQ(running_.dropped(DropReason::too_large), 1U);
    (void)running_.notes(subscriber_);
    running_.on(subscriber_, [&] { subscriber_.port.unsubscribe(1); });
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("unsubscribed 1 delivered 0 dropped 1"));
}

// The client would never give back the credit of a message that it did not get.
TEST_F(ShardDrops, WhatCannotBeWrittenCostsNoCredit) {
    broker::SubscriptionSpec spec;
    spec.id = 1;
    spec.filter = "a";
    spec.credit = 1;
    spec.max_messages = 1;
    running_.on(subscriber_, [&] { subscriber_.port.subscribe(spec); });
    (void)running_.notes(subscriber_);
    fail_sending(DropReason::not_encodable);
    publish("a");
    running_.on(subscriber_, [&] { subscriber_.sent = {}; });
    publish("a");
    EXPECT_THAT(
        running_.notes(subscriber_), ElementsAre("1 a=x", "unsubscribed 1 delivered 1 dropped 1")
    );
}

TEST_F(ShardDrops, AHeldMessageThatCannotBeWrittenCostsNoCreditEither) {
    broker::SubscriptionSpec spec;
    spec.id = 1;
    spec.filter = "a";
    spec.credit = 1;
    running_.on(subscriber_, [&] { subscriber_.port.subscribe(spec); });
    publish("a");
    publish("a");
    publish("a");
    (void)running_.notes(subscriber_);
    fail_sending(DropReason::too_large);
    running_.on(subscriber_, [&] { subscriber_.port.add_credit(1, 1); });
    running_.on(subscriber_, [&] { subscriber_.sent = {}; });
    EXPECT_EQ(running_.dropped(DropReason::too_large), 2U);
    publish("a");
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 a=x"));
    EXPECT_EQ(subscriber_.held_bytes, 0U);
}

TEST_F(ShardDrops, AnAnswerThatCannotBeWrittenIsOne) {
    running_.on(subscriber_, [&] { subscriber_.subscribe(1, "a"); });
    running_.on(publisher_, [&] {
        publisher_.sent = broker::not_sent(DropReason::too_large);
        publisher_.request("a", "?", 7);
    });
    const std::string reply_to =
        running_.on(subscriber_, [&] { return subscriber_.reply_subjects.at(0); });
    running_.on(subscriber_, [&] { subscriber_.publish(reply_to, "!"); });
    EXPECT_EQ(running_.dropped(DropReason::unwritable_answer), 1U);
    EXPECT_EQ(running_.counters().taken_messages, 1U) << "the question alone";
    EXPECT_EQ(running_.on(publisher_, [&] { return publisher_.port.pending_requests(); }), 0U);
}

}  // namespace
}  // namespace telex::exchange

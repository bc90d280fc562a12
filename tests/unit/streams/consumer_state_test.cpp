// The rules that a member sees, each by itself; consumer_simulation_test.cpp has combinations.
#include "streams/consumer_state.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace telex::streams {
namespace {

using namespace std::chrono_literals;

constexpr MemberId kAnn = 1;
constexpr MemberId kBob = 2;

class ConsumerStateTest : public testing::Test {
protected:
    void open(ConsumerOptions options = {}) {
        options.name = "C";
        options.durable = false;
        options.inactivity = 1h;
        const StreamOptions stream{.name = "S", .subjects = {"a.>"}};
        ASSERT_TRUE(check(options, stream).empty()) << check(options, stream).front().text;
        state_ = std::make_unique<ConsumerState>(options, StartPoint{}, now_);
    }

    void pull(MemberId member, std::uint32_t credit) {
        EXPECT_TRUE(state_->pull(member, {.id = 1, .credit = credit}, now_));
    }

    // Offers records with these keys, from the cursor on.
    std::size_t offer(const std::vector<std::uint64_t>& keys) {
        std::vector<Candidate> found;
        found.reserve(keys.size());
        for (const std::uint64_t key : keys) {
            found.push_back({state_->cursor() + found.size(), key, 1});
        }
        out_.clear();
        state_->redeliver(now_, out_);
        return state_->offer(found, now_, out_);
    }

    std::size_t offer(std::size_t count) { return offer(std::vector<std::uint64_t>(count, 1)); }

    // The deliveries of the last event, such as "1:2x3" for three records from 2 on to member 1.
    std::string deliveries() const {
        std::string text;
        for (const Delivery& delivery : out_.deliveries) {
            text += (text.empty() ? "" : " ") + std::to_string(delivery.member) + ":" +
                    std::to_string(delivery.first);
            text += delivery.count > 1 ? "x" + std::to_string(delivery.count) : "";
            text += delivery.attempt > 1 ? "#" + std::to_string(delivery.attempt) : "";
            text += delivery.redelivered ? "!" : "";
        }
        return text;
    }

    std::string redeliver() {
        out_.clear();
        state_->redeliver(now_, out_);
        return deliveries();
    }

    void pass(Duration time) {
        now_ += time;
        out_.clear();
        state_->expire(now_, out_);
    }

    TimePoint now_{1h};
    std::unique_ptr<ConsumerState> state_;
    ConsumerOutput out_;
};

TEST_F(ConsumerStateTest, HandsOutRunsAsFarAsCreditGoes) {
    open();
    EXPECT_EQ(offer(5), 0U);
    pull(kAnn, 3);
    EXPECT_EQ(offer(5), 3U);
    EXPECT_EQ(deliveries(), "1:1x3");
    EXPECT_EQ(state_->cursor(), 4U);
    EXPECT_EQ(offer(1), 0U);
}

TEST_F(ConsumerStateTest, SharesRecordsAmongMembers) {
    open();
    pull(kAnn, 10);
    pull(kBob, 10);
    EXPECT_EQ(offer(6), 6U);
    EXPECT_EQ(deliveries(), "2:1x3 1:4x3");
}

TEST_F(ConsumerStateTest, StopsAtMaxInFlight) {
    open({.max_in_flight = 4});
    pull(kAnn, 10);
    EXPECT_EQ(offer(10), 4U);
    EXPECT_EQ(state_->room(), 0U);
    EXPECT_TRUE(state_->ack(2, now_, out_));
    EXPECT_EQ(offer(10), 1U);
}

TEST_F(ConsumerStateTest, TheFloorIsBehindTheFirstUnsettledRecord) {
    open();
    pull(kAnn, 5);
    offer(5);
    state_->ack(2, now_, out_);
    EXPECT_EQ(state_->floor(), 0U);
    state_->ack(1, now_, out_);
    EXPECT_EQ(state_->floor(), 2U);
    EXPECT_FALSE(state_->ack(1, now_, out_));
    EXPECT_FALSE(state_->needs(1));
    EXPECT_TRUE(state_->needs(3));
    EXPECT_TRUE(state_->needs(6));
}

TEST_F(ConsumerStateTest, AckAllSettlesAllBefore) {
    open({.ack = AckPolicy::all});
    pull(kAnn, 5);
    offer(5);
    out_.clear();
    EXPECT_TRUE(state_->ack(4, now_, out_));
    EXPECT_EQ(out_.settled.size(), 4U);
    EXPECT_EQ(state_->floor(), 4U);
}

TEST_F(ConsumerStateTest, AckNoneSettlesByDelivery) {
    open({.ack = AckPolicy::none});
    pull(kAnn, 5);
    offer(5);
    EXPECT_EQ(state_->floor(), 5U);
    EXPECT_EQ(state_->in_flight(), 0U);
}

TEST_F(ConsumerStateTest, ARecordComesAgainAfterTheAckWait) {
    open({.ack_wait = 1s});
    pull(kAnn, 5);
    offer(1);
    pass(999ms);
    EXPECT_EQ(redeliver(), "");
    pass(20ms);
    EXPECT_EQ(redeliver(), "1:1#2!");
    EXPECT_TRUE(state_->ack(1, now_, out_));
}

TEST_F(ConsumerStateTest, ALateAckOfADueRecordCounts) {
    open({.ack_wait = 1s});
    pull(kAnn, 5);
    offer(1);
    pass(2s);
    EXPECT_TRUE(state_->ack(1, now_, out_));
    EXPECT_EQ(redeliver(), "");
}

TEST_F(ConsumerStateTest, InProgressExtendsTheWait) {
    open({.ack_wait = 1s});
    pull(kAnn, 5);
    offer(1);
    pass(900ms);
    EXPECT_TRUE(state_->in_progress(1, now_));
    pass(900ms);
    EXPECT_EQ(redeliver(), "");
}

TEST_F(ConsumerStateTest, NakRedeliversAtOnceOrAfterItsDelay) {
    open();
    pull(kAnn, 5);
    offer(2);
    state_->nak(1, std::nullopt, now_, out_);
    EXPECT_EQ(redeliver(), "1:1#2!");
    state_->nak(2, 500ms, now_, out_);
    EXPECT_EQ(redeliver(), "");
    pass(510ms);
    EXPECT_EQ(redeliver(), "1:2#2!");
}

TEST_F(ConsumerStateTest, BackOffAppliesToTimeOutsAndToNaks) {
    open({.back_off = {100ms, 1s}});
    pull(kAnn, 9);
    offer(1);
    state_->nak(1, std::nullopt, now_, out_);
    EXPECT_EQ(redeliver(), "");
    pass(105ms);
    EXPECT_EQ(redeliver(), "1:1#2!");
    pass(990ms);
    EXPECT_EQ(redeliver(), "");
    pass(30ms);
    EXPECT_EQ(redeliver(), "1:1#3!");
}

TEST_F(ConsumerStateTest, RedeliveriesGoBeforeNewRecords) {
    open();
    pull(kAnn, 2);
    offer(2);
    state_->nak(1, std::nullopt, now_, out_);
    pull(kAnn, 2);
    offer(2);
    EXPECT_EQ(deliveries(), "1:1#2! 1:3");
}

TEST_F(ConsumerStateTest, ADeadLetterIsSettledWhenItIsStored) {
    open({.ack_wait = 1s, .max_deliveries = 2, .dead_letter_subject = "dead"});
    pull(kAnn, 5);
    offer(1);
    pass(2s);
    redeliver();
    pass(2s);
    ASSERT_EQ(out_.dead_letters.size(), 1U);
    EXPECT_EQ(out_.dead_letters[0].attempts, 2U);
    EXPECT_EQ(out_.dead_letters[0].reason, DeadReason::max_deliveries);
    EXPECT_EQ(redeliver(), "");
    EXPECT_EQ(state_->floor(), 0U);
    pass(6s);  // it could not be stored: tried again
    EXPECT_EQ(out_.dead_letters.size(), 1U);
    EXPECT_TRUE(state_->dead_letter_stored(1, out_));
    EXPECT_TRUE(out_.settled.back().removable);
    EXPECT_EQ(state_->floor(), 1U);
}

TEST_F(ConsumerStateTest, WithoutADeadLetterSubjectTheRecordIsGivenUp) {
    open({.max_deliveries = 1});
    pull(kAnn, 5);
    offer(1);
    state_->nak(1, std::nullopt, now_, out_);
    ASSERT_EQ(out_.settled.size(), 1U);
    EXPECT_FALSE(out_.settled[0].removable);
    EXPECT_EQ(out_.dead_letters.size(), 1U);
}

TEST_F(ConsumerStateTest, TermGivesUpAtOnce) {
    open({.dead_letter_subject = "dead"});
    pull(kAnn, 5);
    offer(1);
    EXPECT_TRUE(state_->term(1, now_, out_));
    EXPECT_EQ(out_.dead_letters.at(0).reason, DeadReason::terminated);
    EXPECT_FALSE(state_->term(1, now_, out_));
    EXPECT_EQ(redeliver(), "");
}

TEST_F(ConsumerStateTest, RecordsOfAMemberThatLeftGoToOthers) {
    open();
    pull(kAnn, 2);
    offer(2);
    pull(kBob, 5);
    state_->leave(kAnn, now_, out_);
    EXPECT_EQ(redeliver(), "2:1#2! 2:2#2!");
}

TEST_F(ConsumerStateTest, PullsEndByTimeAndWithoutRecords) {
    open();
    ASSERT_TRUE(state_->pull(kAnn, {.id = 7, .credit = 3, .expires = now_ + 1s}, now_));
    ASSERT_TRUE(state_->pull(kAnn, {.id = 8, .credit = 2, .no_wait = true}, now_));
    offer(1);
    out_.clear();
    state_->end_no_wait(out_);
    ASSERT_EQ(out_.ended.size(), 1U);
    EXPECT_EQ(out_.ended[0].pull, 8U);
    EXPECT_EQ(out_.ended[0].reason, PullEnd::no_records);
    EXPECT_EQ(state_->next_deadline(), now_ + 1s);
    pass(1s);
    ASSERT_EQ(out_.ended.size(), 1U);
    EXPECT_EQ(out_.ended[0].unused, 2U);
    EXPECT_EQ(offer(1), 0U);
}

TEST_F(ConsumerStateTest, LimitsThePullsOfAMember) {
    open({.max_pulls = 1});
    pull(kAnn, 1);
    EXPECT_EQ(state_->pull(kAnn, {}, now_).error(), PullError::too_many_pulls);
    EXPECT_TRUE(state_->pull(kBob, {}, now_));
    EXPECT_EQ(state_->pull(kBob, {.credit = 0}, now_).error(), PullError::no_credit);
}

TEST_F(ConsumerStateTest, AMemberThatLeftHasNoPulls) {
    open();
    pull(kAnn, 5);
    state_->leave(kAnn, now_, out_);
    EXPECT_EQ(state_->members().pulls(), 0U);
    EXPECT_EQ(state_->members().credit(), 0U);
    EXPECT_EQ(state_->room(), 0U);
}

TEST_F(ConsumerStateTest, APausedConsumerDeliversNothing) {
    open();
    pull(kAnn, 5);
    state_->pause(now_ + 10s);
    EXPECT_EQ(offer(1), 0U);
    EXPECT_EQ(state_->next_deadline(), now_ + 10s);
    pass(10s);
    EXPECT_EQ(offer(1), 1U);
}

TEST_F(ConsumerStateTest, EndsWithoutMembers) {
    open();
    state_->join(kAnn, now_);
    pass(2h);
    EXPECT_FALSE(out_.inactive);
    state_->leave(kAnn, now_, out_);
    pass(59min);
    EXPECT_FALSE(out_.inactive);
    pass(1min);
    EXPECT_TRUE(out_.inactive);
}

TEST_F(ConsumerStateTest, RemovedRecordsAreForgotten) {
    open();
    pull(kAnn, 4);
    offer(4);
    out_.clear();
    state_->forget(3, out_);
    state_->forget_before(2, out_);
    EXPECT_EQ(out_.settled.size(), 2U);
    EXPECT_EQ(state_->in_flight(), 2U);
    state_->forget_before(9, out_);
    EXPECT_EQ(state_->cursor(), 9U);
}

TEST_F(ConsumerStateTest, AKeyWaitsForItsEarlierRecord) {
    open({.key_affinity = true});
    pull(kAnn, 9);
    EXPECT_EQ(offer({5, 5, 6}), 3U);
    EXPECT_EQ(deliveries(), "1:1 1:3");
    state_->nak(1, 1s, now_, out_);
    EXPECT_EQ(redeliver(), "");
    pass(1100ms);
    EXPECT_EQ(redeliver(), "1:1#2!");
    state_->ack(1, now_, out_);
    EXPECT_EQ(redeliver(), "1:2");
}

TEST_F(ConsumerStateTest, AKeyMovesOnlyWithoutRecordsInFlight) {
    open({.key_affinity = true, .max_in_flight_per_key = 2});
    pull(kAnn, 100);
    // A key that belongs to the second member once it is there.
    std::uint64_t key = 1;
    {
        Members both(10);
        both.join(kAnn);
        both.join(kBob);
        InFlight flights;
        const KeyAffinity affinity(flights, both, 1);
        while (affinity.owner_of(key) != kBob) {
            ++key;
        }
    }
    offer({key, key, key});
    EXPECT_EQ(deliveries(), "1:1 1:2");
    pull(kBob, 100);
    EXPECT_EQ(state_->owner_of(key), kAnn);
    state_->ack(1, now_, out_);
    EXPECT_EQ(redeliver(), "1:3");
    state_->ack(2, now_, out_);
    state_->ack(3, now_, out_);
    offer(std::vector<std::uint64_t>{key});
    EXPECT_EQ(deliveries(), "2:4");
}

TEST_F(ConsumerStateTest, KeysOfAMemberThatLeftMoveAtOnce) {
    open({.key_affinity = true});
    pull(kAnn, 100);
    offer({1, 2, 3, 1});
    pull(kBob, 100);
    out_.clear();
    state_->leave(kAnn, now_, out_);
    redeliver();
    EXPECT_EQ(out_.deliveries.size(), 3U);
    for (const Delivery& delivery : out_.deliveries) {
        EXPECT_EQ(delivery.member, kBob);
    }
}

TEST_F(ConsumerStateTest, AckOfAnUndeliveredRecordIsRefused) {
    open({.key_affinity = true});
    pull(kAnn, 9);
    offer({5, 5});
    EXPECT_FALSE(state_->ack(2, now_, out_));
    EXPECT_FALSE(state_->term(2, now_, out_));
}

class DurableConsumer : public ConsumerStateTest {
protected:
    static ConsumerOptions options() {
        return {.name = "C", .ack_wait = 1s, .max_deliveries = 2, .dead_letter_subject = "dead"};
    }

    void create() { state_ = std::make_unique<ConsumerState>(options(), StartPoint{}, now_); }

    ConsumerImage store() {
        const ConsumerImage image = state_->snapshot(now_);
        state_->snapshot_stored(image);
        return image;
    }

    void restart(const ConsumerImage& image, Sequence last) {
        std::vector<Candidate> records;
        records.reserve(last);
        for (Sequence sequence = 1; sequence <= last; ++sequence) {
            records.push_back({sequence, 1, 1});
        }
        state_ = std::make_unique<ConsumerState>(options(), image, records, now_);
        out_.clear();
        state_->expire(now_, out_);
    }
};

TEST_F(DurableConsumer, DeliversOnlyWhatAStoredSnapshotReserves) {
    create();
    pull(kAnn, 100'000);
    EXPECT_TRUE(state_->wants_snapshot());
    EXPECT_EQ(offer(10), 0U);
    store();
    EXPECT_FALSE(state_->wants_snapshot());
    EXPECT_EQ(offer(10), 10U);
}

TEST_F(DurableConsumer, FlagsExactlyWhatMayHaveBeenDelivered) {
    create();
    pull(kAnn, 10);
    const ConsumerImage image = store();
    offer(2);
    restart(image, 0);
    pull(kAnn, 10);
    EXPECT_EQ(offer(3), 3U);
    EXPECT_EQ(deliveries(), "1:1x3!");
    state_->skip_to(image.flag_until);
    store();
    EXPECT_EQ(offer(1), 1U);
    EXPECT_EQ(out_.deliveries[0].redelivered, false);
}

TEST_F(DurableConsumer, KnowsWhatWasSettledBeforeTheSnapshot) {
    create();
    pull(kAnn, 10);
    store();
    offer(4);
    state_->ack(2, now_, out_);
    const ConsumerImage image = store();
    state_->ack(1, now_, out_);
    restart(image, 4);
    pull(kAnn, 10);
    EXPECT_EQ(redeliver(), "1:1#2! 1:3#2! 1:4#2!");
}

TEST_F(DurableConsumer, KnowsUntilWhereItWantsTheNewestOnly) {
    state_ = std::make_unique<ConsumerState>(options(), StartPoint{.newest_only_until = 7}, now_);
    const ConsumerImage image = store();
    restart(image, 0);
    EXPECT_EQ(state_->newest_only_until(), 7U);
}

TEST_F(DurableConsumer, ARestartDoesNotUseUpAnAttempt) {
    create();
    pull(kAnn, 10);
    store();
    offer(1);
    state_->nak(1, std::nullopt, now_, out_);
    EXPECT_EQ(redeliver(), "1:1#2!");
    restart(store(), 1);
    pull(kAnn, 10);
    EXPECT_EQ(redeliver(), "1:1#2!");
}

TEST_F(DurableConsumer, DelaysAndDeadLettersSurvive) {
    create();
    pull(kAnn, 10);
    store();
    offer(2);
    state_->nak(1, 5s, now_, out_);
    state_->term(2, now_, out_);
    restart(store(), 2);
    ASSERT_EQ(out_.dead_letters.size(), 1U);
    EXPECT_EQ(out_.dead_letters[0].reason, DeadReason::terminated);
    pull(kAnn, 10);
    EXPECT_EQ(redeliver(), "");
    pass(5100ms);
    EXPECT_EQ(redeliver(), "1:1#2!");
}

TEST_F(DurableConsumer, RecordsThatAreGoneAreSettled) {
    create();
    pull(kAnn, 10);
    store();
    offer(3);
    restart(store(), 1);
    EXPECT_EQ(state_->in_flight(), 1U);
}

}  // namespace
}  // namespace telex::streams

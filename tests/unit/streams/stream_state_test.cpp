// The rules that a publisher sees, each by itself; stream_simulation_test.cpp has combinations.
#include "streams/stream_state.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace telex::streams {
namespace {

using namespace std::chrono_literals;

constexpr Time kStateTime{500'000h};

IdHash id_of(std::string_view text) {
    return IdHasher(1, 2)(text);
}

class StreamStateTest : public testing::Test {
protected:
    void open(StreamOptions options, const StateBounds& bounds = {}) {
        options.name = "S";
        options.subjects = {"a.>"};
        ASSERT_TRUE(check(options).empty()) << check(options).front().text;
        state_ = std::make_unique<StreamState>(options, bounds);
    }

    [[nodiscard]] Result<Placement, Refusal> put(const Offer& offer, Time now = kStateTime) {
        removals_.clear();
        return state_->decide(offer, now, removals_);
    }

    // Stores a record that must be accepted. Returns its sequence.
    Sequence store(std::string_view subject, std::uint32_t bytes = 10, Time now = kStateTime) {
        const auto placed = put({.subject = subject, .bytes = bytes}, now);
        EXPECT_TRUE(placed) << text_of(placed.error().reason);
        return placed ? placed->sequence : kNoSequence;
    }

    void expect_refused(const Offer& offer, RefusalReason reason, Sequence actual = kNoSequence) {
        const Sequence last = state_->last();
        const auto placed = put(offer);
        ASSERT_FALSE(placed);
        EXPECT_EQ(placed.error().reason, reason) << text_of(placed.error().reason);
        EXPECT_EQ(placed.error().actual, actual);
        EXPECT_EQ(state_->last(), last);
        EXPECT_TRUE(removals_.empty());
    }

    static StreamTimes at(Time time) { return {time, time}; }

    std::unique_ptr<StreamState> state_;
    Removals removals_;
};

TEST_F(StreamStateTest, SequencesBeginWithOneAndTimesDoNotGoBack) {
    open({});
    EXPECT_EQ(put({.subject = "a.b"}, kStateTime)->sequence, 1U);
    const auto second = put({.subject = "a.b"}, kStateTime - 1h);
    EXPECT_EQ(second->sequence, 2U);
    EXPECT_EQ(second->time, kStateTime);
}

TEST_F(StreamStateTest, RefusesTheFormOfAMessage) {
    open({.max_message_bytes = 100});
    expect_refused({.subject = "a.b", .bytes = 101}, RefusalReason::message_too_large);
    expect_refused({.subject = "a.b", .id_bytes = 256}, RefusalReason::message_id_too_long);
    expect_refused({.subject = "a.b", .ttl = 5s}, RefusalReason::ttl_not_allowed);
    expect_refused(
        {.subject = "a.b", .roll_up = RollUp::subject}, RefusalReason::roll_up_not_allowed
    );
    open({.allow_ttl = true});
    expect_refused({.subject = "a.b", .ttl = 999ms}, RefusalReason::ttl_invalid);
}

TEST_F(StreamStateTest, ARepeatedIdGetsTheFirstSequence) {
    open({});
    const Offer offer{.subject = "a.b", .id = id_of("x")};
    EXPECT_FALSE(put(offer)->duplicate);
    store("a.c");
    const auto again = put(offer);
    EXPECT_TRUE(again->duplicate);
    EXPECT_EQ(again->sequence, 1U);
    EXPECT_EQ(state_->last(), 2U);
}

TEST_F(StreamStateTest, ADuplicateIsRecognizedBeforeItsConditions) {
    open({});
    const Offer offer{.subject = "a.b", .id = id_of("x"), .expected_last = 0};
    ASSERT_TRUE(put(offer));
    EXPECT_TRUE(put(offer)->duplicate);  // the answer to the first one was lost
}

TEST_F(StreamStateTest, AnIdOutlivesItsRecordAndEndsAfterTheWindow) {
    open({.duplicate_window = 10s});
    const Offer offer{.subject = "a.b", .id = id_of("x")};
    ASSERT_TRUE(put(offer));
    ASSERT_TRUE(state_->erase(1, "a.b", removals_));
    EXPECT_TRUE(put(offer)->duplicate);
    EXPECT_EQ(state_->records().releasable_before(), 1U);
    state_->expire(at(kStateTime + 13s), removals_);
    EXPECT_FALSE(put(offer, kStateTime + 13s)->duplicate);
    EXPECT_EQ(state_->records().releasable_before(), 2U);
}

TEST_F(StreamStateTest, ComparesTheExpectedSequences) {
    open({});
    store("a.b");
    store("a.c");
    expect_refused({.subject = "a.b", .expected_last = 1}, RefusalReason::wrong_last_sequence, 2);
    expect_refused(
        {.subject = "a.b", .expected_subject_last = 2}, RefusalReason::wrong_subject_sequence, 1
    );
    expect_refused(
        {.subject = "a.d", .expected_subject_last = 2}, RefusalReason::wrong_subject_sequence, 0
    );
    EXPECT_TRUE(put({.subject = "a.d", .expected_last = 2, .expected_subject_last = 0}));
}

TEST_F(StreamStateTest, AsksForTheLastRecordThatItDoesNotKnow) {
    open({});
    store("a.b");
    store("a.c");
    store("a.b");
    ASSERT_TRUE(state_->erase(3, "a.b", removals_));
    const Offer offer{.subject = "a.b", .expected_subject_last = 1};
    expect_refused(offer, RefusalReason::lookup_required, 3);
    state_->resolve_last("a.b", 1);
    EXPECT_TRUE(put(offer));
}

TEST_F(StreamStateTest, DiscardsTheOldestByEachLimit) {
    open({.max_messages = 2});
    store("a.b");
    store("a.c");
    store("a.d");
    EXPECT_EQ(removals_.first, 2U);
    open({.max_bytes = 100, .max_message_bytes = 100});
    store("a.b", 60);
    store("a.c", 60);
    EXPECT_EQ(removals_.first, 2U);
    open({.max_per_subject = 1});
    store("a.b");
    store("a.c");
    store("a.c");
    EXPECT_EQ(removals_.holes, std::vector<Sequence>{2});
}

TEST_F(StreamStateTest, RefusesTheNewestByEachLimit) {
    open({.discard = Discard::newest, .max_messages = 1});
    store("a.b");
    expect_refused({.subject = "a.b"}, RefusalReason::too_many_messages);
    open({.discard = Discard::newest, .max_bytes = 100, .max_message_bytes = 100});
    store("a.b", 60);
    expect_refused({.subject = "a.b", .bytes = 41}, RefusalReason::too_many_bytes);
    open({.discard = Discard::newest_per_subject, .max_per_subject = 1});
    store("a.b");
    expect_refused({.subject = "a.b"}, RefusalReason::too_many_per_subject);
    EXPECT_TRUE(put({.subject = "a.c"}));
}

TEST_F(StreamStateTest, AFullStreamTakesTheReplacementOfARecord) {
    open({.discard = Discard::newest, .max_messages = 2, .max_per_subject = 1});
    store("a.b");
    store("a.c");
    expect_refused({.subject = "a.d"}, RefusalReason::too_many_messages);
    EXPECT_EQ(store("a.b"), 3U);
    EXPECT_EQ(state_->records().ledger().messages(), 2U);
}

TEST_F(StreamStateTest, RefusesMoreThanItsStateMayHold) {
    open({.max_subjects = 1});
    store("a.b");
    expect_refused({.subject = "a.c"}, RefusalReason::too_many_subjects);
    store("a.b");
    open({.max_duplicate_ids = 1});
    ASSERT_TRUE(put({.subject = "a.b", .id = id_of("1")}));
    expect_refused({.subject = "a.b", .id = id_of("2")}, RefusalReason::too_many_message_ids);
    store("a.b");
    open({}, {.max_memory = 1'000});
    expect_refused({.subject = "a.b"}, RefusalReason::memory_budget);
}

TEST_F(StreamStateTest, MemoryStaysWithinTheBudget) {
    constexpr std::size_t kBudget = 1U << 20U;
    open({}, {.max_memory = kBudget});
    int stored = 0;
    while (put({.subject = "a." + std::to_string(stored)})) {
        ++stored;
    }
    EXPECT_GT(stored, 5'000);
    EXPECT_LE(state_->memory_bytes(), kBudget + (64U << 10U));
}

TEST_F(StreamStateTest, RollUpReplacesTheSubjectOrTheStream) {
    open({.allow_roll_up = true});
    store("a.b");
    store("a.c");
    store("a.b");
    ASSERT_TRUE(put({.subject = "a.b", .roll_up = RollUp::subject}));
    EXPECT_EQ(removals_.first, 2U);
    EXPECT_EQ(removals_.holes, std::vector<Sequence>{3});
    ASSERT_TRUE(put({.subject = "a.z", .roll_up = RollUp::all}));
    EXPECT_EQ(removals_.first, 5U);
}

TEST_F(StreamStateTest, RecordsExpireByAgeAndByTheirTimeToLive) {
    open({.max_age = 150s, .allow_ttl = true});
    store("a.b");
    ASSERT_TRUE(put({.subject = "a.c", .ttl = 5s}));
    store("a.d");
    removals_.clear();
    EXPECT_EQ(state_->next_deadline(), kStateTime + 5s);
    state_->expire(at(kStateTime + 5s), removals_);
    EXPECT_EQ(removals_.holes, std::vector<Sequence>{2});
    removals_.clear();
    EXPECT_EQ(state_->next_deadline(), kStateTime + 150s);
    state_->expire(at(kStateTime + 150s - 1ns), removals_);
    EXPECT_TRUE(removals_.empty());
    state_->expire(at(kStateTime + 150s), removals_);
    EXPECT_EQ(removals_.first, 4U);
    EXPECT_EQ(state_->next_deadline(), kNoDeadline);
}

TEST_F(StreamStateTest, InterestStoresOnlyWantedRecords) {
    open({.retention = Retention::interest});
    const auto placed = put({.subject = "a.b", .wanted = false});
    EXPECT_FALSE(placed->stored);
    EXPECT_EQ(placed->sequence, 1U);
    EXPECT_EQ(store("a.b"), 2U);
    EXPECT_EQ(state_->first(), 2U);
}

TEST_F(StreamStateTest, OnlyInterestAndWorkQueueRemoveSettledRecords) {
    open({});
    store("a.b");
    EXPECT_FALSE(state_->settle(1, state_->records().find_subject("a.b"), removals_));
    open({.retention = Retention::workqueue});
    store("a.b");
    EXPECT_TRUE(state_->settle(1, state_->records().find_subject("a.b"), removals_));
    EXPECT_EQ(removals_.first, 2U);
}

TEST_F(StreamStateTest, DeniesEraseAndPurge) {
    open({.deny_erase = true, .deny_purge = true});
    store("a.b");
    EXPECT_FALSE(state_->erase(1, "a.b", removals_));
    EXPECT_EQ(state_->purge({}, removals_).error(), PurgeError::denied);
    EXPECT_EQ(state_->first(), 1U);
}

TEST_F(StreamStateTest, PurgeKeepsTheNewest) {
    open({.subject_index = SubjectIndexing::all});
    for (int i = 0; i < 10; ++i) {
        store(i % 2 == 0 ? "a.b" : "a.c");
    }
    removals_.clear();
    EXPECT_EQ(*state_->purge({.filter = "a.b", .keep = 2}, removals_), 3U);
    EXPECT_EQ(state_->records().last_of("a.b").sequence, 9U);
    EXPECT_EQ(*state_->purge({.before = 6}, removals_), 2U);
    EXPECT_EQ(*state_->purge({.keep = 1}, removals_), 4U);
    EXPECT_EQ(state_->first(), 10U);
    EXPECT_EQ(*state_->purge({}, removals_), 1U);
    EXPECT_EQ(store("a.b"), 11U);
}

TEST_F(StreamStateTest, ABatchIsStoredAsAWholeOrNotAtAll) {
    open({.discard = Discard::newest, .max_messages = 3});
    store("a.b");
    const std::vector<Offer> three(3, Offer{.subject = "a.c"});
    const auto full = state_->decide_batch(three, kStateTime, removals_);
    EXPECT_EQ(full.error().reason, RefusalReason::too_many_messages);
    EXPECT_EQ(state_->last(), 1U);
    EXPECT_EQ(state_->decide_batch(std::span(three).first(2), kStateTime, removals_)->sequence, 2U);
    EXPECT_EQ(state_->last(), 3U);
}

TEST_F(StreamStateTest, ARepeatedBatchIsADuplicateAsAWhole) {
    open({});
    store("a.b");
    const std::vector<Offer> batch = {
        {.subject = "a.b", .id = id_of("1")},
        {.subject = "a.b"},
        {.subject = "a.b", .id = id_of("3")}
    };
    EXPECT_EQ(state_->decide_batch(batch, kStateTime, removals_)->sequence, 2U);
    const auto again = state_->decide_batch(batch, kStateTime, removals_);
    EXPECT_TRUE(again->duplicate);
    EXPECT_EQ(again->sequence, 2U);
    const std::vector<Offer> mixed = {batch[0], {.subject = "a.b", .id = id_of("4")}};
    EXPECT_EQ(
        state_->decide_batch(mixed, kStateTime, removals_).error().reason,
        RefusalReason::batch_partly_duplicate
    );
}

TEST_F(StreamStateTest, RefusesImpossibleBatches) {
    open({.max_messages = 1'000, .allow_roll_up = true});
    const auto reason_of = [&](const std::vector<Offer>& batch) {
        const auto placed = state_->decide_batch(batch, kStateTime, removals_);
        EXPECT_FALSE(placed);
        return placed ? RefusalReason::lookup_required : placed.error().reason;
    };
    const Offer plain{.subject = "a.b"};
    const IdHash id = id_of("x");
    EXPECT_EQ(reason_of({}), RefusalReason::batch_empty);
    EXPECT_EQ(reason_of(std::vector<Offer>(kMaxBatch + 1, plain)), RefusalReason::batch_too_large);
    EXPECT_EQ(
        reason_of({{.subject = "a.b", .id = id}, {.subject = "a.c", .id = id}}),
        RefusalReason::batch_repeats_id
    );
    EXPECT_EQ(
        reason_of({plain, {.subject = "a.b", .expected_last = 1}}), RefusalReason::batch_condition
    );
    EXPECT_EQ(
        reason_of({plain, {.subject = "a.b", .expected_subject_last = 1}}),
        RefusalReason::batch_condition
    );
    EXPECT_EQ(
        reason_of({plain, {.subject = "a.b", .roll_up = RollUp::all}}), RefusalReason::batch_roll_up
    );
    open({.max_messages = 1});
    EXPECT_EQ(reason_of({plain, plain}), RefusalReason::batch_exceeds_limits);
}

TEST_F(StreamStateTest, ALowerLimitRemovesTheOldest) {
    open({});
    for (int i = 0; i < 10; ++i) {
        store("a.b");
    }
    StreamOptions options = state_->options();
    options.max_messages = 4;
    state_->change(options, removals_);
    EXPECT_EQ(removals_.first, 7U);
}

TEST_F(StreamStateTest, SequencesAreNotUsedAgainAfterAStart) {
    open({});
    state_->finish_restore(17, removals_);
    EXPECT_EQ(store("a.b"), 18U);
}

// A start may reach further back than the window, if the clock was ahead before.
TEST_F(StreamStateTest, TheNewestRecordHasAnIdThatWasUsedTwice) {
    const auto record = [](Sequence sequence, Time time) {
        return RecordFacts{.sequence = sequence, .time = time, .subject = "a.b", .id = id_of("x")};
    };
    const RecordFacts older = record(3, kStateTime - 100s);
    const RecordFacts newer = record(7, kStateTime - 1s);
    open({});
    state_->restore_newer(older, kStateTime);
    state_->restore_newer(newer, kStateTime);
    EXPECT_EQ(state_->records().ids().size(), 1U);
    EXPECT_EQ(state_->records().ids().find(id_of("x")), 7U);
    open({});
    state_->restore_older(newer, kStateTime);
    state_->restore_older(older, kStateTime);
    EXPECT_EQ(state_->records().ids().size(), 1U);
    EXPECT_EQ(state_->records().ids().find(id_of("x")), 7U);
}

TEST(Refusal, EachReasonHasAText) {
    for (int reason = 0; reason <= static_cast<int>(RefusalReason::lookup_required); ++reason) {
        EXPECT_NE(text_of(static_cast<RefusalReason>(reason)), "unknown reason");
    }
}

}  // namespace
}  // namespace telex::streams

#include "streams/record_ledger.hpp"

#include "simulation_seeds.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <map>
#include <string>

namespace telex::streams {
namespace {

using namespace std::chrono_literals;

struct Facts {
    std::uint32_t bytes;
    Time time;
};

void expect_same(const RecordLedger& ledger, const std::map<Sequence, Facts>& model) {
    ASSERT_EQ(ledger.messages(), model.size());
    ASSERT_EQ(ledger.first(), model.empty() ? kNoSequence : model.begin()->first);
    std::uint64_t bytes = 0;
    for (const auto& [sequence, facts] : model) {
        bytes += facts.bytes;
        ASSERT_TRUE(ledger.contains(sequence));
        ASSERT_EQ(ledger.next(sequence), sequence);
        ASSERT_EQ(ledger.previous(sequence), sequence);
    }
    EXPECT_EQ(ledger.bytes(), bytes);
    std::uint64_t left = model.size();
    for (auto record = model.begin(); record != model.end(); ++record, --left) {
        ASSERT_EQ(ledger.nth_from_end(left), record->first);
        ASSERT_EQ(ledger.count_from(record->first), left);
        const auto next = std::next(record);
        const Sequence above = next == model.end() ? kNoSequence : next->first;
        ASSERT_EQ(ledger.next(record->first + 1), above);
        if (above != kNoSequence) {
            ASSERT_EQ(ledger.previous(above - 1), record->first);
        }
    }
}

TEST(RecordLedger, AgreesWithAMapForAnyRemovals) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        test::Dice dice(seed);
        RecordLedger ledger(64'000);
        std::map<Sequence, Facts> model;
        Sequence last = 0;
        Time time{1h};
        for (int step = 0; step < 1'000; ++step) {
            const auto action = dice.below(20);
            if (action < 12) {
                last += dice.one_in(10) ? 1 + dice.below(300) : 1;
                time += 1ms * dice.below(3);
                const auto bytes = static_cast<std::uint32_t>(dice.below(1'000));
                ledger.append(last, bytes, time);
                model[last] = {bytes, time};
            } else if (action < 19) {
                const Sequence sequence = 1 + dice.below(last + 2);
                EXPECT_EQ(ledger.remove(sequence), model.erase(sequence) == 1);
            } else if (dice.one_in(5)) {
                const Sequence end = 1 + dice.below(last + 2);
                const auto stop = model.lower_bound(end);
                const auto count = static_cast<std::uint64_t>(std::distance(model.begin(), stop));
                EXPECT_EQ(ledger.remove_before(end), count);
                model.erase(model.begin(), stop);
            }
        }
        expect_same(ledger, model);
    }
}

TEST(RecordLedger, PrependGivesTheSameAsAppend) {
    RecordLedger forwards(256);
    RecordLedger backwards(256);
    const auto time_of = [](Sequence sequence) { return Time(1s * (sequence / 3)); };
    for (Sequence sequence = 5; sequence < 3'000; sequence += 1 + sequence % 7) {
        forwards.append(sequence, static_cast<std::uint32_t>(sequence), time_of(sequence));
    }
    for (Sequence sequence = forwards.previous(3'000); sequence != kNoSequence;
         sequence = forwards.previous(sequence - 1)) {
        backwards.prepend(sequence, static_cast<std::uint32_t>(sequence), time_of(sequence));
    }
    EXPECT_EQ(forwards.bytes(), backwards.bytes());
    EXPECT_EQ(forwards.first_time(), backwards.first_time());
    for (Sequence sequence = 1; sequence <= 3'000; ++sequence) {
        ASSERT_EQ(forwards.contains(sequence), backwards.contains(sequence));
        ASSERT_EQ(
            forwards.first_since(time_of(sequence)), backwards.first_since(time_of(sequence))
        );
    }
    while (forwards.messages() > 0) {
        forwards.remove_before(forwards.first() + 3);
        backwards.remove_before(backwards.first() + 3);
        ASSERT_EQ(forwards.bytes(), backwards.bytes());
    }
}

TEST(RecordLedger, FirstSinceIsExactInDetailAndNeverTooLateWithout) {
    RecordLedger ledger(128);
    constexpr Sequence kLast = 1'000;
    for (Sequence sequence = 1; sequence <= kLast; ++sequence) {
        ledger.append(sequence, 1, Time(1s * sequence));
    }
    for (Sequence wanted = 1; wanted <= kLast; ++wanted) {
        const Sequence found = ledger.first_since(Time(1s * wanted));
        EXPECT_LE(found, wanted);
        EXPECT_GT(found + RecordLedger::kChunk, wanted);
        if (wanted > kLast - 64) {
            EXPECT_EQ(found, wanted);
        }
    }
    EXPECT_EQ(ledger.first_since(Time(1s * (kLast + 1))), kNoSequence);
}

// The newest record of a chunk is gone: the others are older than the chunk says.
TEST(RecordLedger, FirstSinceSkipsAChunkWhoseNewestRecordWasRemoved) {
    RecordLedger ledger;
    ledger.append(64, 1, Time(1s));
    ledger.append(65, 1, Time(9s));
    ledger.append(128, 1, Time(20s));
    ledger.remove(65);
    EXPECT_EQ(ledger.first_since(Time(5s)), 128U);
    EXPECT_EQ(ledger.first_since(Time(1s)), 64U);
}

TEST(RecordLedger, WithoutDetailOnlyBytesAreEstimates) {
    test::Dice dice(9);
    RecordLedger ledger(64);
    std::map<Sequence, Facts> model;
    for (Sequence sequence = 1; sequence <= 5'000; ++sequence) {
        const auto bytes = static_cast<std::uint32_t>(1 + dice.below(1'000));
        ledger.append(sequence, bytes, Time{});
        model[sequence] = {bytes, Time{}};
    }
    while (!model.empty()) {
        const Sequence sequence = 1 + dice.below(5'000);
        EXPECT_EQ(ledger.remove(sequence), model.erase(sequence) == 1);
        ASSERT_EQ(ledger.messages(), model.size());
        ASSERT_EQ(ledger.first(), model.empty() ? kNoSequence : model.begin()->first);
    }
    EXPECT_EQ(ledger.bytes(), 0U);
}

TEST(RecordLedger, BytesAreExactAgainWhenAChunkIsEmpty) {
    RecordLedger ledger(64);
    for (Sequence sequence = 0; sequence < 640; ++sequence) {
        ledger.append(sequence + 64, sequence % 2 == 0 ? 10 : 1'000, Time{});
    }
    const std::uint64_t total = ledger.bytes();
    for (Sequence sequence = 64; sequence < 128; ++sequence) {
        ledger.remove(sequence);
    }
    EXPECT_EQ(ledger.bytes(), total - 32 * 1'010);
}

TEST(RecordLedger, BytesKnownByTheCallerAreExact) {
    RecordLedger ledger(64);
    for (Sequence sequence = 64; sequence < 640; ++sequence) {
        ledger.append(sequence, static_cast<std::uint32_t>(sequence), Time{});
    }
    const std::uint64_t total = ledger.bytes();
    ledger.remove(70, 70);
    ledger.remove(100, 100);
    EXPECT_EQ(ledger.bytes(), total - 170);
}

TEST(RecordLedger, HoldsAMillionRecordsInLessThanAByteEach) {
    RecordLedger ledger;
    for (Sequence sequence = 1; sequence <= 1'000'000; ++sequence) {
        ledger.append(sequence, 128, Time(1ms * sequence));
    }
    EXPECT_LT(ledger.memory_bytes(), 640'000U);
}

TEST(RecordLedger, MemoryOfARemovedMiddleIsFreed) {
    RecordLedger ledger;
    for (Sequence sequence = 1; sequence <= 1'000'000; ++sequence) {
        ledger.append(sequence, 128, Time{});
    }
    const std::size_t full = ledger.memory_bytes();
    for (Sequence sequence = 2; sequence < 1'000'000; ++sequence) {
        ledger.remove(sequence);
    }
    EXPECT_EQ(ledger.messages(), 2U);
    EXPECT_EQ(ledger.next(2), 1'000'000U);
    EXPECT_LT(ledger.memory_bytes(), full / 5);
}

}  // namespace
}  // namespace telex::streams

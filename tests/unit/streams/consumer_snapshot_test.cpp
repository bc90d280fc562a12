#include "streams/consumer_snapshot.hpp"

#include "simulation_seeds.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::streams {
namespace {

using namespace std::chrono_literals;

ConsumerImage example() {
    return {
        .cursor = 300,
        .flag_until = 65'836,
        .newest_only_until = 250,
        .paused = 10ms,
        .flights =
            {
                {.sequence = 5, .attempts = 1},
                {.sequence = 200, .attempts = 3, .kind = FlightKind::delayed, .delay = 1'500ms},
                {.sequence = 201, .kind = FlightKind::undelivered},
                {.sequence = 299, .attempts = 9, .kind = FlightKind::terminated},
            },
    };
}

// The format is a promise: stores have it.
TEST(ConsumerSnapshot, HasTheseBytes) {
    const std::string expected(
        "\x01\xac\x02\x80\x80\x04\xfa\x01\x0a\x04\x05\x08\xc3\x01\x19\xdc\x0b\x01\x02\x62\x4c", 21
    );
    EXPECT_EQ(encode(example()), expected);
}

TEST(ConsumerSnapshot, RoundTrips) {
    EXPECT_EQ(*decode(encode(example())), example());
    EXPECT_EQ(*decode(encode({})), ConsumerImage{.flag_until = 1});
}

TEST(ConsumerSnapshot, RefusesEveryTruncationAndAddition) {
    const std::string bytes = encode(example());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(decode(std::string_view(bytes).substr(0, size))) << size;
    }
    EXPECT_EQ(decode(bytes + '\0').error(), SnapshotError::damaged);
}

TEST(ConsumerSnapshot, NamesAnUnknownVersion) {
    std::string bytes = encode(example());
    bytes[0] = 2;
    EXPECT_EQ(decode(bytes).error(), SnapshotError::unknown_version);
}

// Whatever is accepted is valid: in order and below the cursor.
TEST(ConsumerSnapshot, SurvivesAnyBytes) {
    test::Dice dice(1);
    const std::string good = encode(example());
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes = good;
        for (std::uint64_t i = 0, count = 1 + dice.below(3); i < count; ++i) {
            bytes[dice.below(bytes.size())] = static_cast<char>(dice.below(256));
        }
        const auto image = decode(bytes);
        if (image) {
            Sequence previous = kNoSequence;
            for (const StoredFlight& flight : image->flights) {
                ASSERT_GT(flight.sequence, previous);
                previous = flight.sequence;
            }
            ASSERT_LT(previous, image->cursor);
        }
    }
}

TEST(ConsumerSnapshot, TakesAFewBytesForEachFlight) {
    ConsumerImage image{.cursor = 100'001};
    for (Sequence sequence = 1; sequence <= 100'000; ++sequence) {
        image.flights.push_back({.sequence = sequence, .attempts = 1});
    }
    EXPECT_LE(encode(image).size(), 200'100U);
}

}  // namespace
}  // namespace telex::streams

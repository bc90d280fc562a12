// How the network cuts a stream into pieces changes nothing: frames, losses and errors are those of
// a naive decoder that sees everything at once, and every byte is accounted for.
#include "codec/encoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"
#include "support/random_framing.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <utility>

namespace telex::codec {
namespace {

using test::DecodeOutcome;
using test::drive;
using test::drive_pieces;
using test::drive_whole;
using test::DriveResult;
using test::naive_decode;
using test::Random;

void expect_same(const DecodeOutcome& expected, const DriveResult& actual) {
    EXPECT_TRUE(same_outcome(expected, actual.outcome))
        << "expected " << to_string(expected) << "\nactual   " << to_string(actual.outcome);
    EXPECT_FALSE(actual.violation) << *actual.violation;
}

void expect_same_for_every_split(const Framing& framing, ByteView stream) {
    const DecodeOutcome expected = naive_decode(framing, stream);
    expect_same(expected, drive_whole(framing, stream));
    for (std::size_t cut = 1; cut < stream.size() && !testing::Test::HasFailure(); ++cut) {
        bool first = true;
        SCOPED_TRACE("cut at " + std::to_string(cut));
        expect_same(expected, drive(framing, stream, [&] {
                        return std::exchange(first, false) ? cut : stream.size();
                    }));
    }
    for (std::size_t piece = 1; piece <= 17 && !testing::Test::HasFailure(); ++piece) {
        SCOPED_TRACE("pieces of " + std::to_string(piece));
        expect_same(expected, drive_pieces(framing, stream, piece));
    }
}

void expect_same_for_random_splits(
    const Framing& framing, ByteView stream, Random& random, int rounds
) {
    const DecodeOutcome expected = naive_decode(framing, stream);
    for (int round = 0; round < rounds; ++round) {
        expect_same(expected, drive(framing, stream, [&] { return 1 + random.below(24); }));
    }
}

TEST(EverySplit, OfPresetStreamsGivesTheSameFrames) {
    Random random(1);
    for (const std::string& name : test::stream_presets()) {
        SCOPED_TRACE(name);
        Framing framing = test::preset(name);
        if (framing.kind != FramingKind::fixed) {
            framing.max_frame_bytes = 60;
        }
        for (int round = 0; round < 12 && !HasFailure(); ++round) {
            const std::string stream = random_stream(random, framing, round % 3 == 2);
            expect_same_for_every_split(framing, stream);
            expect_same_for_random_splits(framing, stream, random, 5);
        }
    }
}

TEST(EverySplit, OfRandomFramingsGivesTheSameFrames) {
    for (std::uint64_t seed = 1; seed <= 400 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        const Framing framing = random_framing(random);
        expect_same_for_every_split(framing, random_stream(random, framing, random.one_in(2)));
    }
}

TEST(RandomPieces, OfRandomBytesGiveTheSameOutcome) {
    for (std::uint64_t seed = 1; seed <= 12'000 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        const Framing framing = random_framing(random);
        const std::string stream = random.one_in(2)
                                       ? random_bytes(random, framing, random.below(120))
                                       : random_stream(random, framing, true);
        expect_same_for_random_splits(framing, stream, random, 2);
        expect_same(naive_decode(framing, stream), drive_whole(framing, stream));
    }
}

// The payload after a round trip: `keep` adds what is missing at its beginning and its end.
std::string as_read_back(const Framing& framing, const std::string& payload) {
    const DelimiterOptions& delimiter = framing.delimiter;
    if (framing.kind != FramingKind::delimiter || !delimiter.keep) {
        return payload;
    }
    std::string begun = payload.starts_with(delimiter.start) ? payload : delimiter.start + payload;
    const DecodeOutcome own = naive_decode(framing, begun);
    if (delimiter.after > 0) {
        return begun;
    }
    const ByteView content = ByteView(begun).substr(delimiter.start.size());
    const bool complete = own.frames.size() == 1 && own.frames[0] == begun &&
                          std::ranges::any_of(delimiter.ends, [&](const std::string& end) {
                              return content.ends_with(end);
                          });
    return complete ? begun : begun + delimiter.write;
}

TEST(RoundTrip, EveryAcceptedPayloadComesBack) {
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (std::uint64_t seed = 1; seed <= 20'000 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        const Framing framing = random_framing(random);
        const auto encoder = make_encoder(framing);
        std::vector<std::string> expected;
        std::string stream;
        for (int i = 0; i < 4; ++i) {
            std::string payload =
                random_bytes(random, framing, random.below(framing.max_frame_bytes + 3));
            if (framing.kind == FramingKind::fixed && random.one_in(2)) {
                payload.resize(framing.fixed_bytes);
            }
            const std::size_t before = stream.size();
            if (encoder->encode(payload, stream)) {
                expected.push_back(as_read_back(framing, payload));
                ++accepted;
            } else {
                EXPECT_EQ(stream.size(), before);
                ++refused;
            }
        }
        const DriveResult result = drive_pieces(framing, stream, 1 + random.below(40));
        EXPECT_EQ(result.outcome.frames, expected);
        EXPECT_FALSE(result.outcome.error);
        EXPECT_EQ(result.outcome.lost, 0U);
        EXPECT_FALSE(result.violation) << *result.violation;
    }
    EXPECT_GT(accepted, 10'000U);
    EXPECT_GT(refused, 10'000U);
}

TEST(RoundTrip, WrapAndEncodeAgree) {
    for (std::uint64_t seed = 1; seed <= 4'000 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        const Framing framing = random_framing(random);
        const auto encoder = make_encoder(framing);
        const std::string payload(random.below(framing.max_frame_bytes + 3), 'x');
        std::string encoded;
        const auto result = encoder->encode(payload, encoded);
        Wrapping parts;
        const auto wrapped = encoder->wrap(payload.size(), parts);
        if (wrapped && !*wrapped) {
            continue;
        }
        ASSERT_EQ(result.has_value(), wrapped.has_value());
        if (result) {
            EXPECT_EQ(encoded, std::string(parts.head()) + payload + std::string(parts.tail));
        } else {
            EXPECT_EQ(result.error(), wrapped.error());
        }
    }
}

}  // namespace
}  // namespace telex::codec

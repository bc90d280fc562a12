// COBS and SLIP beyond the golden vectors.
#include "codec/stuffing.hpp"

#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/allocator_memory.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::bytes;
using test::drive_pieces;
using test::preset;
using ::testing::ElementsAre;

TEST(Cobs, RoundTripsEveryLengthAroundTheLongestRun) {
    for (std::size_t size = 0; size <= 1'030; ++size) {
        for (const std::size_t zero_every :
             {std::size_t{1},
              std::size_t{254},
              std::size_t{255},
              std::size_t{256},
              std::size_t{5'000}}) {
            std::string payload(size, 'x');
            for (std::size_t i = zero_every - 1; i < size; i += zero_every) {
                payload[i] = '\0';
            }
            std::string stuffed;
            Cobs::stuff(payload, stuffed);
            ASSERT_EQ(stuffed.find('\0'), std::string::npos);
            ASSERT_LE(stuffed.size(), Cobs::max_stuffed(size));
            std::string scratch;
            ASSERT_EQ(Cobs::unstuff(stuffed, scratch), payload) << size << " " << zero_every;
        }
    }
}

TEST(Cobs, CodeBeyondTheFrameIsAnError) {
    EXPECT_EQ(
        drive_pieces(preset("cobs"), bytes({3, 'a', 0}), 1).outcome.error, FrameError::bad_escape
    );
    EXPECT_EQ(
        drive_pieces(preset("cobs"), bytes({2, 'a', 9, 'b', 0}), 1).outcome.error,
        FrameError::bad_escape
    );
}

TEST(Cobs, LoneZerosAreFillersNotFrames) {
    const auto result = drive_pieces(preset("cobs"), bytes({0, 0, 2, 'a', 0, 0, 1, 0}), 1);
    EXPECT_THAT(result.outcome.frames, ElementsAre("a", ""));
    EXPECT_EQ(result.skipped, 3U);
}

TEST(Cobs, PayloadWithoutZeroIsAViewOfTheInput) {
    const std::string input = bytes({4, 'a', 'b', 'c', 0});
    const auto decoder = make_decoder(preset("cobs"));
    EXPECT_EQ(static_cast<const void*>(decoder->decode(input).payload.data()), input.data() + 1);
}

// An idle peer must not pin the memory of its last frame.
TEST(Stuffed, KeepsNoMemoryOfALargeFrameOnceItIsReleased) {
    if (!telex::testing::has_own_allocator()) {
        GTEST_SKIP() << "another allocator";
    }
    std::string input;
    Cobs::stuff(std::string(500'000, '\0'), input);
    input.push_back('\0');
    const auto decoder = make_decoder(preset("cobs"));
    const std::size_t before = telex::testing::allocator_memory();
    EXPECT_EQ(decoder->decode(input).payload.size(), 500'000U);
    EXPECT_GE(telex::testing::allocator_memory() - before, 500'000U);
    decoder->release();
    EXPECT_LE(telex::testing::allocator_memory() - before, 20'000U);
}

TEST(Slip, WrongEscapesAreErrors) {
    EXPECT_EQ(
        drive_pieces(preset("slip"), bytes({'a', 0xDB, 'b', 0xC0}), 1).outcome.error,
        FrameError::bad_escape
    );
    EXPECT_EQ(
        drive_pieces(preset("slip"), bytes({'a', 0xDB, 0xC0}), 1).outcome.error,
        FrameError::bad_escape
    );
}

TEST(Slip, CannotCarryAnEmptyPayload) {
    std::string out;
    EXPECT_EQ(make_encoder(preset("slip"))->encode("", out).error(), FrameError::empty_frame);
    EXPECT_TRUE(drive_pieces(preset("slip"), bytes({0xC0, 0xC0}), 1).outcome.frames.empty());
}

TEST(Slip, PayloadWithoutEscapeIsAViewOfTheInput) {
    const std::string input = "abc" + bytes({0xC0});
    const auto decoder = make_decoder(preset("slip"));
    EXPECT_EQ(static_cast<const void*>(decoder->decode(input).payload.data()), input.data());
}

TEST(Stuffed, UnfinishedFrameAtTheEndIsTruncated) {
    EXPECT_EQ(
        drive_pieces(preset("cobs"), bytes({2, 'a'}), 1).outcome.error, FrameError::truncated
    );
    EXPECT_EQ(drive_pieces(preset("slip"), "a", 1).outcome.error, FrameError::truncated);
}

}  // namespace
}  // namespace telex::codec

// Frames of several parts, each with its own length.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/counted_allocations.hpp"
#include "support/framing_checks.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::bytes;
using test::drive_pieces;
using test::encode_error;
using test::error_of;
using test::expect_both_ways;
using test::frames_of;
using test::preset;
using test::written;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One byte: the highest bit marks the last part, three bits are the length.
Framing short_parts() {
    Framing framing = preset("u8");
    framing.length.continuation = Continuation::last;
    framing.length.continuation_bits = "\x80";
    framing.length.mask = "\x07";
    framing.max_frame_bytes = 100;
    return framing;
}

// MySQL: three bytes of length and a sequence number; a full packet is continued.
Framing mysql() {
    Framing framing = preset("u24le");
    framing.length.head_size = 4;
    framing.length.continuation = Continuation::full;
    framing.length.keep_head = true;
    return framing;
}

TEST(Continuation, JoinsTheFragmentsOfARecord) {
    const std::string two = bytes({0, 0, 0, 2}) + "he" + bytes({0x80, 0, 0, 3}) + "llo";
    const std::string empty = bytes({0, 0, 0, 0, 0x80, 0, 0, 1}) + "x";
    const std::string one = bytes({0x80, 0, 0, 2}) + "hi";
    EXPECT_THAT(frames_of(preset("oncrpc"), two + empty + one), ElementsAre("hello", "x", "hi"));
    expect_both_ways(preset("oncrpc"), "hello", bytes({0x80, 0, 0, 5}) + "hello");
}

TEST(Continuation, SplitsWhatTheFieldCannotExpress) {
    const Framing last = short_parts();
    expect_both_ways(last, "1234567", bytes({0x87}) + "1234567");
    expect_both_ways(last, "12345678", bytes({7}) + "1234567" + bytes({0x81}) + "8");
    Framing more = last;
    more.length.continuation = Continuation::more;
    more.length.flags = "\x40";
    expect_both_ways(more, "12345678", bytes({0xC7}) + "1234567" + bytes({0x41}) + "8");
}

// A frame that fills its last part is followed by an empty one.
TEST(Continuation, FullPartsAreFollowedByAShorterOne) {
    Framing framing = preset("u8");
    framing.length.continuation = Continuation::full;
    framing.length.mask = "\x07";
    framing.max_frame_bytes = 100;
    expect_both_ways(framing, "123456", bytes({6}) + "123456");
    expect_both_ways(framing, "1234567", bytes({7}) + "1234567" + bytes({0}));
    expect_both_ways(framing, "12345678", bytes({7}) + "1234567" + bytes({1}) + "8");
    expect_both_ways(framing, "", bytes({0}));
}

TEST(Continuation, KeptHeadsAreThoseOfAllParts) {
    const std::string packet = bytes({3, 0, 0, 0}) +
                               "\x03"
                               "ab";
    expect_both_ways(mysql(), packet, packet);
    Framing framing = mysql();
    framing.length.mask = bytes({7, 0, 0});
    framing.max_frame_bytes = 1'000;
    const std::string parts = bytes({7, 0, 0, 5}) + "1234567" + bytes({1, 0, 0, 6}) + "8";
    expect_both_ways(framing, parts, parts);
    EXPECT_EQ(encode_error(framing, parts.substr(0, 11)), FrameError::bad_length);
    EXPECT_EQ(encode_error(framing, parts + parts), FrameError::bad_length);
    EXPECT_EQ(encode_error(framing, parts.substr(0, 15)), FrameError::bad_length);
    EXPECT_EQ(encode_error(framing, ""), FrameError::bad_length);
}

TEST(Continuation, LimitAppliesToTheWholeFrame) {
    Framing framing = short_parts();
    framing.max_frame_bytes = 10;
    const std::string ten = bytes({7}) + "1234567" + bytes({0x83}) + "890";
    EXPECT_THAT(frames_of(framing, ten), ElementsAre("1234567890"));
    EXPECT_EQ(error_of(framing, bytes({7}) + "1234567" + bytes({4})), FrameError::too_large);
    framing.length.keep_head = true;
    EXPECT_EQ(error_of(framing, bytes({7}) + "1234567" + bytes({0x82})), FrameError::too_large);
    EXPECT_THAT(frames_of(framing, ten.substr(0, 8) + bytes({0x81}) + "8"), testing::SizeIs(1));
}

TEST(Continuation, LimitIsCheckedBeforeMemoryIsAllocated) {
    Framing framing = preset("oncrpc");
    framing.max_frame_bytes = 2'000'000;
    const std::string half = bytes({0, 0x10, 0, 0}) + std::string(1U << 20U, 'x');
    const auto decoder = make_decoder(framing);
    const std::size_t before = test::allocated_bytes();
    EXPECT_EQ(decoder->decode(half).need, half.size() + 4);
    EXPECT_EQ(decoder->decode(half + bytes({0, 0x10, 0, 0})).error, FrameError::too_large);
    EXPECT_LT(test::allocated_bytes() - before, half.size() + 100) << "the test's own copy";
}

TEST(Continuation, NumberOfPartsIsBounded) {
    Framing framing = short_parts();
    framing.length.parts = 3;
    framing.max_frame_bytes = 20;
    const std::string none = bytes({0});
    EXPECT_THAT(frames_of(framing, none + none + bytes({0x81}) + "a"), ElementsAre("a"));
    EXPECT_EQ(error_of(framing, none + none + none + bytes({0x80})), FrameError::too_large);
    framing.length.keep_head = true;
    EXPECT_EQ(encode_error(framing, none + none + none + bytes({0x80})), FrameError::too_large);
}

TEST(Continuation, FrameOverALimitIsSkippedUpToItsLastPart) {
    Framing framing = short_parts();
    framing.max_frame_bytes = 8;
    framing.length.parts = 3;
    framing.oversize = Oversize::discard;
    const std::string good = bytes({0x82}) + "ok";
    const std::string large = bytes({7}) + "1234567" + bytes({7}) + "1234567" + bytes({0x80});
    const std::string many = std::string(20, '\0') + bytes({0x81}) + "x";
    EXPECT_THAT(frames_of(framing, large + good + many + good), ElementsAre("ok", "ok"));
    EXPECT_EQ(drive_pieces(framing, large + good + many + good, 1).outcome.lost, 2U);
    framing.discard_budget = 30;
    // Empty parts cost their heads.
    EXPECT_EQ(error_of(framing, std::string(40, '\0')), FrameError::too_large);
}

TEST(Continuation, StreamThatEndsBetweenPartsIsTruncated) {
    EXPECT_EQ(error_of(short_parts(), bytes({1}) + "a"), FrameError::truncated);
    EXPECT_EQ(error_of(short_parts(), bytes({0})), FrameError::truncated);
}

TEST(Continuation, WorkIsLinear) {
    Framing framing = short_parts();
    framing.max_frame_bytes = 8 << 10U;
    framing.length.parts = 2 << 10U;
    std::string stream;
    for (int i = 0; i < 1'023; ++i) {
        stream += bytes({7}) + "1234567";
    }
    stream += bytes({0x80});
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1'460}, stream.size()}) {
        const auto result = drive_pieces(framing, stream, piece);
        ASSERT_EQ(result.outcome.frames.size(), 1U);
        EXPECT_LE(result.examined, 3 * stream.size());
    }
}

TEST(Continuation, OnePartIsAViewOfTheInput) {
    const std::string input = bytes({0x82}) + "hi";
    const auto decoder = make_decoder(short_parts());
    EXPECT_EQ(static_cast<const void*>(decoder->decode(input).payload.data()), input.data() + 1);
}

std::string refused(void (*change)(Framing&)) {
    Framing framing = preset("oncrpc");
    change(framing);
    return validate(framing).value_or("");
}

TEST(Continuation, ImpossibleCombinationsAreRefused) {
    EXPECT_EQ(refused([](Framing&) {}), "");
    EXPECT_THAT(refused([](Framing& f) { f.length.trailer = ","; }), HasSubstr("impossible with"));
    EXPECT_THAT(refused([](Framing& f) { f.length.align = 4; }), HasSubstr("impossible with"));
    EXPECT_THAT(
        refused([](Framing& f) {
            f.length.head = "T";
            f.length.at = 1;
        }),
        HasSubstr("impossible with")
    );
    EXPECT_THAT(refused([](Framing& f) { f.trim = {"\n"}; }), HasSubstr("impossible with"));
    EXPECT_THAT(refused([](Framing& f) { f.length.parts = 0; }), HasSubstr("1 to 65536"));
    EXPECT_THAT(refused([](Framing& f) { f.length.adjust = 1; }), HasSubstr("adjust"));
    EXPECT_THAT(
        refused([](Framing& f) { f.length.continuation_bits = "\x80"; }), HasSubstr("as many bytes")
    );
    EXPECT_THAT(
        refused([](Framing& f) { f.length.mask = std::string(4, '\xFF'); }), HasSubstr("neither")
    );
    EXPECT_THAT(
        refused([](Framing& f) { f.length.continuation = Continuation::full; }),
        HasSubstr("last and more only")
    );
    EXPECT_THAT(
        refused([](Framing& f) {
            f.length = preset("u8").length;
            f.length.continuation = Continuation::full;
            f.length.parts = 4;
            f.max_frame_bytes = 1'020;
        }),
        HasSubstr("can express 1019")
    );
    EXPECT_THAT(
        refused([](Framing& f) {
            f.length = LengthOptions{};
            f.length.continuation = Continuation::full;
        }),
        HasSubstr("binary length only")
    );
}

}  // namespace
}  // namespace telex::codec

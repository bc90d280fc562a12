// Bytes that stand before the literal of a frame and are skipped, as in gdb's remote protocol.
#include "codec/encoder.hpp"
#include "codec/whole_frames.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"
#include "support/framing_checks.hpp"

#include <gmock/gmock.h>

#include <string>

namespace telex::codec {
namespace {

using test::encode_error;
using test::error_of;
using test::frames_of;
using test::written;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Framing gdb_packets() {
    Framing framing = test::preset("crlf");
    framing.delimiter.start = "$";
    framing.delimiter.skip = "+-";
    framing.delimiter.ends = {"#"};
    framing.delimiter.write = "#";
    framing.delimiter.after = 2;
    framing.delimiter.keep = true;
    return framing;
}

Framing without_checksum() {
    Framing framing = gdb_packets();
    framing.delimiter.after = 0;
    framing.delimiter.keep = false;
    return framing;
}

TEST(DelimiterSkip, BytesBeforeAFrameAreNoPartOfIt) {
    EXPECT_THAT(frames_of(gdb_packets(), "+$OK#9a-+$+#2b+"), ElementsAre("$OK#9a", "$+#2b"));
    EXPECT_THAT(frames_of(without_checksum(), "++$OK#$#-$a+#"), ElementsAre("OK", "", "a+"));
}

TEST(DelimiterSkip, OtherBytesAreAnError) {
    EXPECT_EQ(error_of(gdb_packets(), "+OK#9a"), FrameError::bad_start);
    EXPECT_EQ(error_of(gdb_packets(), "+$OK"), FrameError::truncated);
}

TEST(DelimiterSkip, EndOfStreamMayFollowThem) {
    for (const AtEof policy : {AtEof::emit, AtEof::drop, AtEof::error}) {
        Framing framing = without_checksum();
        framing.delimiter.at_eof = policy;
        EXPECT_EQ(error_of(framing, "+-"), std::nullopt);
        const auto decoder = make_decoder(framing);
        EXPECT_EQ(decoder->finish("+").kind, DecodeStep::Kind::skip);
    }
}

TEST(DelimiterSkip, FollowsAFrameThatIsTooLarge) {
    Framing framing = without_checksum();
    framing.max_frame_bytes = 3;
    framing.oversize = Oversize::discard;
    EXPECT_THAT(frames_of(framing, "+$12+-45#+$ok#"), ElementsAre("ok"));
}

TEST(DelimiterSkip, KeptPayloadsMayBeginWithThem) {
    EXPECT_EQ(written(gdb_packets(), "$OK#9a"), "$OK#9a");
    EXPECT_EQ(written(gdb_packets(), "+$OK#9a"), "+$OK#9a");
    EXPECT_EQ(written(gdb_packets(), "+OK#9a"), "$+OK#9a") << "they belong to the content";
    EXPECT_EQ(written(without_checksum(), "+$a"), "$+$a#");
    EXPECT_EQ(encode_error(gdb_packets(), "+"), FrameError::bad_trailer);
}

TEST(DelimiterSkip, RepliesOfSeveralFramesMayHaveThem) {
    const auto encoder = make_encoder(gdb_packets());
    std::string out;
    EXPECT_TRUE(encode_reply(gdb_packets(), *encoder, "+$OK#9a-$S05#b8", out));
    EXPECT_EQ(out, "+$OK#9a-$S05#b8");
    EXPECT_FALSE(encode_reply(gdb_packets(), *encoder, "+$OK#9a$S05#", out));
}

TEST(DelimiterSkip, NeedsAnotherFirstByte) {
    Framing framing = gdb_packets();
    EXPECT_EQ(validate(framing), std::nullopt);
    framing.delimiter.skip = "+$";
    EXPECT_THAT(validate(framing).value_or(""), HasSubstr("begins with another byte"));
    framing.delimiter.skip = "+-";
    framing.delimiter.start = "";
    EXPECT_THAT(validate(framing).value_or(""), HasSubstr("needs a delimiter.start"));
    framing.delimiter.start = "$";
    framing.delimiter.skip = std::string(17, '+');
    EXPECT_THAT(validate(framing).value_or(""), HasSubstr("more than 16 bytes"));
}

}  // namespace
}  // namespace telex::codec

// Connections that begin with other frames, and framings that differ by direction. The bytes are
// those of psql 15, amqp-publish 0.11 and pika 1.2, and of squeezelite.
#include "codec/whole_frames.hpp"
#include "support/framing_checks.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::bytes;
using test::drive_pieces;
using test::encode_error;
using test::error_of;
using test::frames_of;
using test::preset;
using test::written;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string psql_ssl_request = bytes({0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F});
const std::string psql_startup = bytes({0, 0, 0, 16, 0, 3, 0, 0}) + "user" + bytes({0, 'u', 0, 0});
const std::string psql_query = "Q" + bytes({0, 0, 0, 13}) + "select 1" + bytes({0});

TEST(FirstFrames, OfPostgresqlHaveNoType) {
    EXPECT_THAT(
        frames_of(preset("postgresql"), psql_ssl_request + psql_startup + psql_query + psql_query),
        ElementsAre(psql_ssl_request, psql_startup, psql_query, psql_query)
    );
    EXPECT_THAT(frames_of(preset("postgresql"), psql_query), ElementsAre(psql_query));
}

// After the first message with a type a zero is a type, too: the length is that of the next bytes.
TEST(FirstFrames, AreOverForEver) {
    const auto result =
        drive_pieces(preset("postgresql"), psql_query + psql_startup + psql_query, 1);
    EXPECT_THAT(result.outcome.frames, ElementsAre(psql_query));
    EXPECT_EQ(result.outcome.error, FrameError::truncated);
}

TEST(FirstFrames, OfAmqpAreAHeader) {
    const std::string header = std::string("AMQP\0\0\x09\x01", 8);
    const std::string frame = bytes({1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 11});
    EXPECT_THAT(
        frames_of(preset("amqp"), header + frame + "\xCE" + frame + "\xCE"),
        ElementsAre(header, frame, frame)
    );
    EXPECT_EQ(written(preset("amqp"), header), header);
    EXPECT_EQ(written(preset("amqp"), frame), frame + "\xCE");
    EXPECT_EQ(error_of(preset("amqp"), "AMQ"), FrameError::truncated);
}

TEST(FirstFrames, MayBeCounted) {
    Framing framing = preset("lines");
    framing.first.framing = {preset("u8")};
    framing.first.frames = 2;
    EXPECT_THAT(
        frames_of(framing, bytes({2}) + "ab" + bytes({0}) + "line\nlast"),
        ElementsAre("ab", "", "line", "last")
    );
    EXPECT_EQ(error_of(framing, bytes({9}) + "ab"), FrameError::truncated);
    EXPECT_EQ(written(framing, "reply"), "reply\n");
}

TEST(FirstFrames, HaveTheirOwnLimit) {
    Framing framing = preset("lines");
    framing.first.framing = {preset("u8")};
    framing.first.framing.front().max_frame_bytes = 3;
    framing.first.frames = 1;
    EXPECT_EQ(error_of(framing, bytes({4}) + "abcd"), FrameError::too_large);
}

TEST(Unframed, PayloadsAreWrittenAsTheyAre) {
    EXPECT_EQ(written(preset("postgresql"), "N"), "N");
    EXPECT_EQ(encode_error(preset("postgresql"), "S"), FrameError::bad_length);
    EXPECT_EQ(encode_error(preset("postgresql"), "NN"), FrameError::bad_length);
}

// SlimProto: four bytes and a length to the server, a length to the player.
TEST(WriteFraming, IsAnotherThanThatOfReading) {
    Framing framing = preset("u32be");
    framing.length.at = 4;
    framing.length.keep_head = true;
    framing.write = {preset("u16be")};
    const std::string hello = "HELO" + bytes({0, 0, 0, 2}) + "mm";
    EXPECT_THAT(frames_of(framing, hello + hello), ElementsAre(hello, hello));
    EXPECT_EQ(written(framing, "strm"), bytes({0, 4}) + "strm");
    EXPECT_FALSE(brings_boundaries(framing));
    framing.write.front().length.keep_head = true;
    EXPECT_TRUE(brings_boundaries(framing));
    EXPECT_TRUE(check_whole_frames(framing, bytes({0, 1}) + "a" + bytes({0, 0})));
}

std::string contained_fault_of(void (*change)(Framing&)) {
    Framing framing = preset("u32be");
    framing.first.framing = {preset("u8")};
    framing.first.frames = 1;
    change(framing);
    return validate(framing).value_or("");
}

TEST(ContainedFramings, ThatAreImpossibleAreRefused) {
    EXPECT_EQ(contained_fault_of([](Framing&) {}), "");
    EXPECT_THAT(
        contained_fault_of([](Framing& f) { f.first.frames = kAnyFrames; }),
        HasSubstr("the number of")
    );
    EXPECT_THAT(
        contained_fault_of([](Framing& f) { f.first.framing.clear(); }),
        HasSubstr("needs a framing")
    );
    EXPECT_THAT(
        contained_fault_of([](Framing& f) { f.first.framing = {preset("slip")}; }),
        HasSubstr("must be kind")
    );
    EXPECT_THAT(
        contained_fault_of([](Framing& f) { f.first.framing.front().oversize = Oversize::discard; }
        ),
        HasSubstr("cannot skip")
    );
    EXPECT_THAT(
        contained_fault_of([](Framing& f) { f.write = {f}; }), HasSubstr("write cannot have first")
    );
    EXPECT_THAT(
        contained_fault_of([](Framing& f) { f.write = {preset("syslog")}; }),
        HasSubstr("must not be kind")
    );
    EXPECT_THAT(
        contained_fault_of([](Framing& f) {
            f.write = {preset("u8")};
            f.write.front().max_frame_bytes = 0;
        }),
        HasSubstr("write: max_frame")
    );
    EXPECT_THAT(
        contained_fault_of([](Framing& f) { f.unframed = {""}; }), HasSubstr("each unframed")
    );
    EXPECT_THAT(
        contained_fault_of([](Framing& f) { f.kind = FramingKind::datagram; }),
        HasSubstr("impossible")
    );
}

}  // namespace
}  // namespace telex::codec

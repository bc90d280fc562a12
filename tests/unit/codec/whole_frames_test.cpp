// Replies of several frames: every one is checked, at every cut and with every byte changed.
#include "codec/whole_frames.hpp"

#include "codec/decoder.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace telex::codec {
namespace {

using namespace std::string_literals;

// gearman: four magic bytes, a type, and the length of the data, all of four bytes.
Framing gearman() {
    Framing framing;
    framing.length.encoding = LengthEncoding::binary;
    framing.length.width = 4;
    framing.length.at = 8;
    framing.length.keep_head = true;
    return framing;
}

std::string packet(char type, std::string_view data) {
    return "\0RES\0\0\0"s + type + "\0\0\0"s + static_cast<char>(data.size()) + std::string(data);
}

Framing kept_lines() {
    Framing framing = parse_preset("crlf").value();
    framing.delimiter.keep = true;
    return framing;
}

struct Case {
    std::string name;
    Framing framing;
    std::vector<std::string> frames;
};

std::vector<Case> cases() {
    Framing with_trailer = gearman();
    with_trailer.length.trailer = "!";
    Framing mqtt;
    mqtt.length = {.width = 4, .at = 1, .keep_head = true};
    return {
        {"gearman", gearman(), {packet(8, "job"), packet(13, ""), packet(13, "done")}},
        {"trailer", with_trailer, {packet(8, "job") + "!", packet(13, "") + "!"}},
        {"mqtt", mqtt, {"\x20\x02\0\0"s, "\x90\x03\0\1\0"s, "\x30\x00"s}},
        {"lines", kept_lines(), {"150 here it comes\r\n", "\r\n", "226 done\r\n"}},
    };
}

std::string encoded(const Framing& framing, ByteView payload) {
    std::string out = "before";
    const auto encoder = make_encoder(framing);
    const auto result = encode_reply(framing, *encoder, payload, out);
    EXPECT_TRUE(out.starts_with("before"));
    return result ? out.substr(6) : "error " + std::string(name_of(result.error()));
}

TEST(WholeFrames, AcceptsOnlyCutsBetweenFrames) {
    for (const Case& c : cases()) {
        SCOPED_TRACE(c.name);
        std::string all;
        std::set<std::size_t> boundaries;
        for (const std::string& frame : c.frames) {
            all += frame;
            boundaries.insert(all.size());
        }
        for (std::size_t cut = 0; cut <= all.size(); ++cut) {
            const ByteView part = ByteView(all).substr(0, cut);
            EXPECT_EQ(check_whole_frames(c.framing, part).has_value(), boundaries.contains(cut))
                << cut;
            if (boundaries.contains(cut)) {
                EXPECT_EQ(encoded(c.framing, part), part) << "not as it is";
            }
        }
    }
}

// Whatever is written is read back as whole frames, with nothing left over.
TEST(WholeFrames, NoChangedByteMovesTheBoundary) {
    for (const Case& c : cases()) {
        SCOPED_TRACE(c.name);
        const std::string good = c.frames[0] + c.frames[1];
        for (std::size_t i = 0; i < good.size(); ++i) {
            for (const char byte : {'\0', '\1', '\x0d', '\x0a', '\x7f', '\xff'}) {
                std::string changed = good;
                changed[i] = byte;
                const std::string written = encoded(c.framing, changed);
                if (!written.starts_with("error ")) {
                    EXPECT_TRUE(check_whole_frames(c.framing, written)) << i;
                }
            }
        }
    }
}

TEST(WholeFrames, SingleFrameIsWrittenLikeTheEncoder) {
    Framing with_trailer = gearman();
    with_trailer.length.trailer = "!";
    EXPECT_EQ(encoded(with_trailer, packet(8, "job")), packet(8, "job") + "!");
    EXPECT_EQ(encoded(kept_lines(), "one"), "one\r\n");
    EXPECT_EQ(encoded(parse_preset("u8").value(), "one"), "\3one");
}

TEST(WholeFrames, OtherFramingsAcceptOneFrameOnly) {
    EXPECT_EQ(encoded(parse_preset("lines").value(), "a\nb"), "error delimiter_in_payload");
    EXPECT_EQ(encoded(parse_preset("lines").value(), "a\n"), "error delimiter_in_payload");
    EXPECT_EQ(encoded(parse_preset("fixed:2").value(), "abab"), "error wrong_size");
    EXPECT_FALSE(brings_boundaries(parse_preset("u16be").value()));
}

TEST(WholeFrames, ErrorsAreThoseOfOneFrame) {
    EXPECT_EQ(encoded(gearman(), packet(8, "job") + "x"), "error bad_length");
    EXPECT_EQ(encoded(gearman(), ""), "error bad_length");
    EXPECT_EQ(encoded(kept_lines(), "a\r\nb"), "error delimiter_in_payload");
}

// The limit holds for each frame, not for the reply.
TEST(WholeFrames, EachIsWithinTheLimitForWriting) {
    Framing framing = gearman();
    framing.max_encode_bytes = 20;
    const std::string largest = packet(1, "12345678");
    EXPECT_EQ(encoded(framing, largest + largest), largest + largest);
    EXPECT_EQ(encoded(framing, largest + packet(1, "123456789")), "error too_large");
    framing.max_encode_bytes = 5;  // less than a head: nothing can be written
    EXPECT_EQ(encoded(framing, largest), "error too_large");
}

// Bytes that the reader ignores are not a reply.
TEST(WholeFrames, EmptyOnesFollowTheFraming) {
    Framing framing = kept_lines();
    framing.empty = EmptyFrames::ignore;
    EXPECT_EQ(encoded(framing, "a\r\n\r\n"), "error delimiter_in_payload");
    framing.empty = EmptyFrames::error;
    EXPECT_EQ(encoded(framing, "a\r\n\r\n"), "error delimiter_in_payload");
}

}  // namespace
}  // namespace telex::codec

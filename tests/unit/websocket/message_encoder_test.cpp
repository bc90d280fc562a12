#include "websocket/message_encoder.hpp"

#include "codec/framing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::websocket {
namespace {

using namespace std::string_literals;
using codec::FrameError;
using codec::Framing;

Framing preset(std::string_view name) {
    return codec::parse_preset(name).value();
}

MessageEncoder encoder_of(const Framing& framing, MessageForm form = {}) {
    return MessageEncoder(
        form,
        framing.kind == codec::FramingKind::datagram ? make_whole_message_encoder(framing)
                                                     : codec::make_encoder(framing)
    );
}

std::string encoded(const codec::Encoder& encoder, std::string_view payload) {
    std::string out = "before";
    EXPECT_TRUE(encoder.encode(payload, out));
    return out.substr(6);
}

std::string wrapped(const codec::Encoder& encoder, std::string_view payload) {
    codec::Wrapping wrapping;
    EXPECT_EQ(encoder.wrap(payload.size(), wrapping), true);
    return std::string(wrapping.head()).append(payload).append(wrapping.tail);
}

TEST(MessageEncoder, WritesAFrameAsAMessage) {
    const MessageEncoder encoder = encoder_of(preset("datagram"));
    for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U}) {
        const std::string payload(size, 'x');
        const std::string expected = std::string(make_head(Opcode::binary, size).view()) + payload;
        EXPECT_EQ(encoded(encoder, payload), expected);
        EXPECT_EQ(wrapped(encoder, payload), expected);
    }
}

TEST(MessageEncoder, PutsTheFramingIntoTheMessage) {
    EXPECT_EQ(encoded(encoder_of(preset("lines")), "hello"), "\x82\x06"s + "hello\n");
    EXPECT_EQ(encoded(encoder_of(preset("u32be")), "hi"), "\x82\x06\0\0\0\x02"s + "hi");
    EXPECT_EQ(wrapped(encoder_of(preset("u32be")), "hi"), "\x82\x06\0\0\0\x02"s + "hi");
    EXPECT_EQ(wrapped(encoder_of(preset("netstring")), "hi"), "\x82\x05"s + "2:hi,");
}

TEST(MessageEncoder, EncodesWhatIsTooLongToWrap) {
    Framing framing = preset("u32be");
    framing.length.head = "0123456789ABCDEF";
    framing.length.at = 20;
    const MessageEncoder encoder = encoder_of(framing);
    codec::Wrapping wrapping;
    EXPECT_EQ(encoder.wrap(2, wrapping), false);
    EXPECT_EQ(
        encoded(encoder, "hi"), "\x82\x1A"s + "0123456789ABCDEF" + "\0\0\0\0\0\0\0\x02"s + "hi"
    );
}

TEST(MessageEncoder, PassesErrorsOn) {
    Framing framing = preset("datagram");
    framing.max_frame_bytes = 2;
    const MessageEncoder encoder = encoder_of(framing);
    std::string out = "same";
    EXPECT_EQ(encoder.encode("abc", out).error(), FrameError::too_large);
    codec::Wrapping wrapping;
    EXPECT_EQ(encoder.wrap(3, wrapping).error(), FrameError::too_large);
    framing.empty = codec::EmptyFrames::ignore;
    EXPECT_EQ(encoder_of(framing).encode("", out).error(), FrameError::empty_frame);
    EXPECT_EQ(out, "same");
}

TEST(MessageEncoder, WritesNoTextThatIsNotUtf8) {
    const MessageEncoder encoder =
        encoder_of(preset("datagram"), {.opcode = Opcode::text, .checks_text = true});
    EXPECT_EQ(encoded(encoder, "\u20AC"), "\x81\x03\xE2\x82\xAC");
    std::string out = "same";
    EXPECT_EQ(encoder.encode("\xFF", out).error(), FrameError::unrepresentable);
    EXPECT_EQ(out, "same");
    codec::Wrapping wrapping;
    EXPECT_EQ(encoder.wrap(1, wrapping), false);
}

TEST(MessageEncoder, MakesOneMessageOfWholeFrames) {
    std::string out;
    encoder_of(preset("lines"), {.opcode = Opcode::text}).append_whole("a\nb\n", out);
    EXPECT_EQ(out, "\x81\x04"s + "a\nb\n");
}

}  // namespace
}  // namespace telex::websocket

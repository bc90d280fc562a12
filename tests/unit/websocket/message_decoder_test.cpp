#include "websocket/message_decoder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace telex::websocket {
namespace {

using namespace std::string_literals;
using codec::DecodeStep;
using codec::EmptyFrames;
using codec::FrameError;
using codec::Framing;

Framing messages_of(std::size_t max_frame_bytes = 1'000) {
    Framing framing;
    framing.kind = codec::FramingKind::datagram;
    framing.max_frame_bytes = max_frame_bytes;
    return framing;
}

struct Decoded {
    std::vector<std::string> frames;
    std::optional<FrameError> error;
    std::size_t left = 0;
};

// Each call gets an exactly fitting copy of what is not consumed.
Decoded decode(const Framing& framing, std::string_view stream, std::size_t piece) {
    MessageDecoder decoder(framing);
    Decoded decoded;
    std::string unread;
    while (!stream.empty()) {
        unread.append(stream.substr(0, piece));
        stream.remove_prefix(std::min(piece, stream.size()));
        for (;;) {
            const std::unique_ptr<char[]> exact(new char[unread.size()]
            );  // NOLINT: exactly this size
            unread.copy(exact.get(), unread.size());
            const DecodeStep step = decoder.decode({exact.get(), unread.size()});
            if (step.kind == DecodeStep::Kind::error) {
                decoded.error = step.error;
                return decoded;
            }
            if (step.kind == DecodeStep::Kind::need_more) {
                EXPECT_EQ(step.consumed, 0U);
                EXPECT_GT(step.need, unread.size());
                break;
            }
            EXPECT_GT(step.consumed, 0U);
            if (step.kind == DecodeStep::Kind::frame) {
                decoded.frames.emplace_back(step.payload);
            }
            unread.erase(0, step.consumed);
            decoder.release();
        }
    }
    decoded.left = unread.size();
    const DecodeStep last = decoder.finish(unread);
    EXPECT_EQ(last.kind == DecodeStep::Kind::error, !unread.empty());
    return decoded;
}

void expect_frames(
    const Framing& framing, const std::string& stream, const std::vector<std::string>& frames
) {
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        const Decoded decoded = decode(framing, stream, piece);
        EXPECT_EQ(decoded.frames, frames) << "pieces of " << piece;
        EXPECT_FALSE(decoded.error);
        EXPECT_EQ(decoded.left, 0U);
    }
}

const std::string kFragments = "\x01\x02"s + "ab" + "\0\0"s + "\0\x03"s + "cde" + "\x80\x01"s + "f";

TEST(MessageDecoder, MakesAFrameOfEachMessage) {
    expect_frames(
        messages_of(), "\x81\x02"s + "ab" + "\x82\0"s + "\x82\x03"s + "cde", {"ab", "", "cde"}
    );
}

TEST(MessageDecoder, JoinsFragments) {
    expect_frames(
        messages_of(), kFragments + "\x81\x01"s + "g" + kFragments, {"abcdef", "g", "abcdef"}
    );
}

TEST(MessageDecoder, ReadsLongLengths) {
    const std::string payload(300, 'x');
    expect_frames(messages_of(), "\x82\x7E\x01\x2C"s + payload, {payload});
}

TEST(MessageDecoder, LimitsTheMessageBeforeItArrives) {
    const auto error_of = [](const std::string& stream) {
        for (std::size_t piece = 1; piece < stream.size(); ++piece) {
            EXPECT_EQ(decode(messages_of(5), stream, piece).error, FrameError::too_large);
        }
        return decode(messages_of(5), stream, stream.size()).error;
    };
    EXPECT_EQ(error_of("\x82\x06"), FrameError::too_large);
    EXPECT_EQ(error_of("\x82\x7F\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), FrameError::too_large);
    EXPECT_EQ(error_of("\x02\x03"s + "abc" + "\0\x03"s), FrameError::too_large);
    expect_frames(messages_of(6), kFragments, {"abcdef"});
}

TEST(MessageDecoder, LowersAndRaisesItsLimit) {
    MessageDecoder decoder(messages_of(5));
    decoder.limit_payload(2);
    EXPECT_EQ(decoder.decode("\x82\x03").kind, DecodeStep::Kind::error);
    MessageDecoder raised(messages_of(5));
    raised.limit_payload(2);
    raised.limit_payload(SIZE_MAX);
    EXPECT_EQ(raised.decode("\x82\x05").need, 7U);
    EXPECT_EQ(raised.decode("\x82\x06").kind, DecodeStep::Kind::error);
}

TEST(MessageDecoder, TreatsEmptyMessagesAsConfigured) {
    Framing framing = messages_of();
    framing.empty = EmptyFrames::ignore;
    expect_frames(framing, "\x82\0"s + "\x82\x01"s + "a" + "\x02\0\x80\0"s, {"a"});
    framing.empty = EmptyFrames::error;
    EXPECT_EQ(decode(framing, "\x82\0"s, 1).error, FrameError::empty_frame);
}

TEST(MessageDecoder, RemovesAnEnding) {
    Framing framing = messages_of(3);
    framing.trim = {"\r\n", "\n"};
    expect_frames(framing, "\x81\x05"s + "abc\r\n" + "\x81\x03"s + "ab\n", {"abc", "ab"});
    EXPECT_EQ(decode(framing, "\x81\x05"s + "abcd\n", 7).error, FrameError::too_large);
}

TEST(MessageDecoder, ExaminesHeadsAndJoinsOnce) {
    MessageDecoder decoder(messages_of(100'000));
    std::string stream = "\x02\x01"s + "a";
    for (int i = 0; i < 1'000; ++i) {
        stream += "\0\x01"s + "b";
    }
    stream += "\x80\x01"s + "c";
    for (std::size_t size = 1; size < stream.size(); ++size) {
        EXPECT_EQ(
            decoder.decode(ByteView(stream).substr(0, size)).kind, DecodeStep::Kind::need_more
        );
    }
    EXPECT_EQ(decoder.decode(stream).payload.size(), 1'002U);
    EXPECT_LE(decoder.examined(), 6 * stream.size());
}

}  // namespace
}  // namespace telex::websocket

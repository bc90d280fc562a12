#pragma once
// Expectations about one framing and its bytes.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/decode_driver.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

namespace telex::test {

// kind length with this encoding and width, and the default limit.
inline codec::Framing with_length(codec::LengthEncoding encoding, std::uint8_t width) {
    codec::Framing framing = preset("u32be");
    framing.length.encoding = encoding;
    framing.length.width = width;
    framing.max_frame_bytes = codec::default_max_frame_bytes(framing);
    return framing;
}

// The bytes that an encoder writes. Encoding and wrapping agree.
inline std::string written(const codec::Framing& framing, const std::string& payload) {
    const auto encoder = codec::make_encoder(framing);
    std::string out;
    EXPECT_TRUE(encoder->encode(payload, out));
    codec::Wrapping parts;
    const auto wrapped = encoder->wrap(payload.size(), parts);
    if (wrapped && *wrapped) {
        EXPECT_EQ(std::string(parts.head()) + payload + std::string(parts.tail), out);
    }
    return out;
}

inline std::optional<codec::FrameError> encode_error(
    const codec::Framing& framing, const std::string& payload
) {
    std::string out;
    const auto result = codec::make_encoder(framing)->encode(payload, out);
    return result ? std::nullopt : std::optional(result.error());
}

// The payload becomes these bytes, and two of such frames are read back in pieces of any size.
inline void expect_both_ways(
    const codec::Framing& framing, const std::string& payload, const std::string& wire
) {
    ASSERT_EQ(codec::validate(framing), std::nullopt);
    EXPECT_EQ(written(framing, payload), wire);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, 2 * wire.size()}) {
        const auto result = drive_pieces(framing, wire + wire, piece);
        EXPECT_THAT(result.outcome.frames, ::testing::ElementsAre(payload, payload));
        EXPECT_EQ(result.outcome.error, std::nullopt);
        EXPECT_EQ(result.violation, std::nullopt);
    }
}

// The frames of a stream, which are the same in pieces of any size.
inline std::vector<std::string> frames_of(
    const codec::Framing& framing, const std::string& stream
) {
    std::vector<std::string> frames = drive_whole(framing, stream).outcome.frames;
    for (std::size_t piece = 1; piece < stream.size(); ++piece) {
        const auto result = drive_pieces(framing, stream, piece);
        EXPECT_EQ(result.outcome.frames, frames);
        EXPECT_EQ(result.violation, std::nullopt);
    }
    return frames;
}

// The error of a stream without a good frame.
inline std::optional<codec::FrameError> error_of(
    const codec::Framing& framing, const std::string& stream
) {
    const auto result = drive_pieces(framing, stream, 1);
    EXPECT_THAT(result.outcome.frames, ::testing::IsEmpty());
    return result.outcome.error;
}

}  // namespace telex::test

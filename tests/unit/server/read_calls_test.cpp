// The number of reads, the work and the memory for a long frame, in every framing: linear in its
// bytes.
#include "codec/encoder.hpp"
#include "server/stream/frame_reader.hpp"
#include "support/framing_cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace telex::server {
namespace {

constexpr std::size_t kFrameBytes = 1'000'000;
constexpr std::size_t kBytesPerRead = InputBuffer::kMinRoom;

// The preset with a concrete size, and room for the frame where its length field allows that.
codec::Framing framing_of(std::string_view name) {
    const std::string spelled =
        name == "fixed:N" ? "fixed:" + std::to_string(kFrameBytes) : std::string(name);
    codec::Framing framing = *codec::parse_preset(spelled);
    framing.max_frame_bytes = std::max(framing.max_frame_bytes, 2 * kFrameBytes);
    if (codec::validate(framing)) {
        framing = *codec::parse_preset(spelled);
    }
    return framing;
}

// Beside the body of the longest payload that a framing carries.
constexpr std::size_t kMostHead = 64;

std::string longest_payload(const codec::Framing& framing) {
    const std::size_t size = std::min(kFrameBytes, framing.encode_limit());
    const bool has_head = framing.kind == codec::FramingKind::headers ||
                          framing.kind == codec::FramingKind::value ||
                          (framing.kind == codec::FramingKind::length && framing.length.keep_head);
    return test::payload_of(framing, std::string(has_head ? size - kMostHead : size, 'x'));
}

struct Reads {
    std::size_t calls = 0;
    std::size_t frames = 0;
    std::size_t most_memory = 0;
};

// Reads from a stream that always has bytes.
Reads read_all(FrameReader& reader, std::string_view stream, std::size_t most) {
    Reads reads;
    while (!stream.empty()) {
        reader.begin_turn();
        for (std::span<char> room = reader.room(); !room.empty() && !stream.empty();
             room = reader.room()) {
            const std::size_t size = std::min({room.size(), stream.size(), most});
            std::copy_n(stream.begin(), size, room.begin());
            stream.remove_prefix(size);
            ++reads.calls;
            reader.received(size, {});
            auto step = reader.next();
            for (; step.kind == FrameReader::Step::Kind::frame; step = reader.next()) {
                ++reads.frames;
            }
            EXPECT_EQ(step.kind, FrameReader::Step::Kind::need_more);
            reads.most_memory = std::max(reads.most_memory, reader.memory());
        }
    }
    return reads;
}

TEST(ReadCalls, OfALongFrameAreFewInEveryFraming) {
    for (const codec::PresetInfo& preset : codec::presets()) {
        if (preset.name == "datagram") {
            continue;  // a packet is one read
        }
        const codec::Framing framing = framing_of(preset.name);
        std::string stream;
        ASSERT_TRUE(codec::make_encoder(framing)->encode(longest_payload(framing), stream))
            << preset.name;
        stream += stream;
        ReactorBuffers buffers;
        FrameReader reader(buffers, codec::make_decoder(framing), {.detect_protocols = false});
        const Reads reads = read_all(reader, stream, stream.size());
        EXPECT_EQ(reads.frames, 2U) << preset.name;
        EXPECT_LE(reads.calls, 2 + stream.size() / kBytesPerRead) << preset.name;
        EXPECT_LE(reads.most_memory, std::max(stream.size(), ReactorBuffers::kReadChunkBytes))
            << preset.name;
    }
}

// The bound that docs/security.md states for an unfinished frame, beside its bytes. The buffer of
// its first bytes may stay.
constexpr std::size_t kFirstBytes = 64U << 10U;

// Without its last bytes no frame is complete: a quote and the line end of a JSON text.
constexpr std::size_t kEnd = 3;

void expect_memory_of_unfinished(
    const codec::Framing& framing, std::string_view frame, std::size_t most
) {
    ReactorBuffers buffers;
    FrameReader reader(buffers, codec::make_decoder(framing), {.detect_protocols = false});
    for (std::size_t received = 0; received < frame.size();) {
        const std::size_t size = std::min(most, frame.size() - received);
        const Reads reads = read_all(reader, frame.substr(received, size), size);
        received += size;
        ASSERT_EQ(reads.frames, 0U);
        const std::size_t again = std::max(received, ReactorBuffers::kReadChunkBytes) + kFirstBytes;
        ASSERT_LE(reads.most_memory, received + again)
            << received << " bytes in pieces of " << most;
    }
}

TEST(ReadCalls, OfAnUnfinishedFrameTakeAtMostItsBytesAgain) {
    for (const codec::PresetInfo& preset : codec::presets()) {
        if (preset.name == "datagram") {
            continue;
        }
        SCOPED_TRACE(preset.name);
        const codec::Framing framing = framing_of(preset.name);
        std::string frame;
        ASSERT_TRUE(codec::make_encoder(framing)->encode(longest_payload(framing), frame));
        frame.resize(frame.size() - kEnd);
        for (const std::size_t most : {std::size_t{7}, std::size_t{1'448}, std::size_t{100'000}}) {
            expect_memory_of_unfinished(
                framing, std::string_view(frame).substr(0, 10'000 * most), most
            );
        }
    }
}

// A socket rarely has more than some packets at once.
TEST(ReadCalls, AreAsManyAsThePieces) {
    const codec::Framing framing = framing_of("lines");
    const std::string stream = std::string(kFrameBytes, 'x') + "\n";
    ReactorBuffers buffers;
    FrameReader reader(buffers, codec::make_decoder(framing), {.detect_protocols = false});
    const Reads reads = read_all(reader, stream, 1'448);
    EXPECT_EQ(reads.frames, 1U);
    EXPECT_LE(reads.calls, 10 + stream.size() / 1'448);
}

}  // namespace
}  // namespace telex::server

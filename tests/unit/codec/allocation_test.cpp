// Limits come before allocations, and the hot path allocates nothing.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/counted_allocations.hpp"
#include "support/framing_cases.hpp"

#include <gtest/gtest.h>

namespace telex::codec {
namespace {

using test::allocated_bytes;
using test::allocations;
using test::bytes;
using test::preset;

TEST(Allocation, OnlyStuffedDecodersAllocate) {
    for (const std::string& name : test::stream_presets()) {
        const Framing framing = preset(name);
        if (framing.kind == FramingKind::stuffed) {
            continue;
        }
        std::string frame;
        const std::string payload = test::payload_of(framing, "<a>bc");
        ASSERT_TRUE(make_encoder(framing)->encode(payload, frame));
        const auto decoder = make_decoder(framing);
        const std::size_t before = allocations();
        for (int i = 0; i < 100; ++i) {
            for (std::size_t size = 0; size < frame.size(); ++size) {
                static_cast<void>(decoder->decode(ByteView(frame).substr(0, size)));
            }
            EXPECT_EQ(decoder->decode(frame).payload, payload);
        }
        EXPECT_EQ(allocations() - before, 0U) << name;
    }
}

TEST(Allocation, AnnouncedBytesAreNotAllocated) {
    for (const std::string_view name : {"u32be", "protobuf-delimited", "netstring", "syslog"}) {
        const std::string head = name == "u32be"                ? bytes({0, 0x10, 0, 0})
                                 : name == "protobuf-delimited" ? bytes({0x80, 0x80, 0x40})
                                 : name == "netstring"          ? "1048576:"
                                                                : "1048576 ";
        const auto decoder = make_decoder(preset(name));
        const std::size_t before = allocated_bytes();
        const DecodeStep step = decoder->decode(head);
        EXPECT_EQ(step.need, head.size() + 1'048'576 + (name == "netstring" ? 1 : 0)) << name;
        EXPECT_EQ(allocated_bytes() - before, 0U) << name;
    }
}

TEST(Allocation, OversizeStuffedFrameIsRejectedBeforeUnstuffing) {
    Framing framing = preset("cobs");
    framing.max_frame_bytes = 1'000;
    const std::string stream = std::string(100'000, '\x01') + bytes({0});
    const auto decoder = make_decoder(framing);
    const std::size_t before = allocated_bytes();
    EXPECT_EQ(decoder->decode(stream).error, FrameError::too_large);
    EXPECT_EQ(allocated_bytes() - before, 0U);
}

TEST(Allocation, LargeScratchIsFreedAfterItsFrame) {
    // The scratch is allocated again for the second frame: so it was released after the first.
    const std::string stream = std::string(100'000, '\x01') + bytes({0});
    const auto decoder = make_decoder(preset("cobs"));
    EXPECT_EQ(decoder->decode(stream).kind, DecodeStep::Kind::frame);
    EXPECT_EQ(decoder->decode({}).kind, DecodeStep::Kind::need_more);
    const std::size_t before = allocated_bytes();
    EXPECT_EQ(decoder->decode(stream).kind, DecodeStep::Kind::frame);
    EXPECT_GE(allocated_bytes() - before, 100'000U);
}

TEST(Allocation, WrappingAllocatesNothing) {
    const auto encoder = make_encoder(preset("netstring"));
    const std::size_t before = allocations();
    Wrapping wrapping;
    EXPECT_TRUE(encoder->wrap(1'000, wrapping));
    EXPECT_EQ(allocations() - before, 0U);
}

}  // namespace
}  // namespace telex::codec

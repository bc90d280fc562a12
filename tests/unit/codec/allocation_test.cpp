// Limits come before allocations, and the hot path allocates nothing: counted by replacing the
// global operator new of this test program.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/framing_cases.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocations{0};
std::atomic<std::size_t> allocated_bytes{0};

// Not inlined: the compiler would see malloc behind a delete-expression and warn of a mismatch.
[[gnu::noinline]] void* counted_allocation(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    allocated_bytes.fetch_add(size, std::memory_order_relaxed);
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}

[[gnu::noinline]] void release(void* memory) {
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
    return counted_allocation(size);
}

void* operator new[](std::size_t size) {
    return counted_allocation(size);
}

// std::stable_sort allocates by this one.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return counted_allocation(size);
}

void operator delete(void* memory) noexcept {
    release(memory);
}

void operator delete[](void* memory) noexcept {
    release(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}

void operator delete[](void* memory, std::size_t) noexcept {
    release(memory);
}

namespace telex::codec {
namespace {

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
        const std::size_t before = allocations;
        for (int i = 0; i < 100; ++i) {
            for (std::size_t size = 0; size < frame.size(); ++size) {
                static_cast<void>(decoder->decode(ByteView(frame).substr(0, size)));
            }
            EXPECT_EQ(decoder->decode(frame).payload, payload);
        }
        EXPECT_EQ(allocations - before, 0U) << name;
    }
}

TEST(Allocation, AnnouncedBytesAreNotAllocated) {
    for (const std::string_view name : {"u32be", "protobuf-delimited", "netstring", "syslog"}) {
        const std::string head = name == "u32be"                ? bytes({0, 0x10, 0, 0})
                                 : name == "protobuf-delimited" ? bytes({0x80, 0x80, 0x40})
                                 : name == "netstring"          ? "1048576:"
                                                                : "1048576 ";
        const auto decoder = make_decoder(preset(name));
        const std::size_t before = allocated_bytes;
        const DecodeStep step = decoder->decode(head);
        EXPECT_EQ(step.need, head.size() + 1'048'576 + (name == "netstring" ? 1 : 0)) << name;
        EXPECT_EQ(allocated_bytes - before, 0U) << name;
    }
}

TEST(Allocation, OversizeStuffedFrameIsRejectedBeforeUnstuffing) {
    Framing framing = preset("cobs");
    framing.max_frame_bytes = 1'000;
    const std::string stream = std::string(100'000, '\x01') + bytes({0});
    const auto decoder = make_decoder(framing);
    const std::size_t before = allocated_bytes;
    EXPECT_EQ(decoder->decode(stream).error, FrameError::too_large);
    EXPECT_EQ(allocated_bytes - before, 0U);
}

TEST(Allocation, LargeScratchIsFreedAfterItsFrame) {
    // The scratch is allocated again for the second frame: so it was released after the first.
    const std::string stream = std::string(100'000, '\x01') + bytes({0});
    const auto decoder = make_decoder(preset("cobs"));
    EXPECT_EQ(decoder->decode(stream).kind, DecodeStep::Kind::frame);
    EXPECT_EQ(decoder->decode({}).kind, DecodeStep::Kind::need_more);
    const std::size_t before = allocated_bytes;
    EXPECT_EQ(decoder->decode(stream).kind, DecodeStep::Kind::frame);
    EXPECT_GE(allocated_bytes - before, 100'000U);
}

TEST(Allocation, WrappingAllocatesNothing) {
    const auto encoder = make_encoder(preset("netstring"));
    const std::size_t before = allocations;
    Wrapping wrapping;
    EXPECT_TRUE(encoder->wrap(1'000, wrapping));
    EXPECT_EQ(allocations - before, 0U);
}

}  // namespace
}  // namespace telex::codec

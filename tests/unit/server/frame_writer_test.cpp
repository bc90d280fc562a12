#include "server/stream/frame_writer.hpp"

#include "server/stream/reactor_buffers.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace telex::server {
namespace {

using Content = FrameWriter::Content;

class FrameWriterTest : public ::testing::Test {
protected:
    explicit FrameWriterTest(
        std::string_view preset = "u16be", std::uint32_t max_bytes = FrameWriter::kAnySize
    )
        : FrameWriterTest(*codec::parse_preset(preset), max_bytes) {}

    explicit FrameWriterTest(
        const codec::Framing& framing, std::uint32_t max_bytes = FrameWriter::kAnySize
    )
        : framing_(framing),
          encoder_(codec::make_encoder(framing_)),
          writer_(framing_, *encoder_),
          max_bytes_(max_bytes) {}

    session::SendResult write(
        std::string_view head, std::string_view body, Content content = Content::frame
    ) {
        return writer_.write({head, body, nullptr}, content, wrap_, parts_, buffers_, max_bytes_);
    }

    std::string written() const {
        std::string all(parts_.prefix);
        all.append(parts_.head).append(parts_.body).append(parts_.suffix);
        return all;
    }

    ReactorBuffers buffers_;
    codec::Framing framing_;
    std::unique_ptr<codec::Encoder> encoder_;
    FrameWriter writer_;
    std::uint32_t max_bytes_;
    codec::Wrapping wrap_;
    FramedParts parts_;
};

TEST_F(FrameWriterTest, WrapsAFrameWithoutCopyingIt) {
    const std::string body = "body";
    ASSERT_TRUE(write("head", body));
    EXPECT_EQ(written(), std::string("\0\x08", 2) + "headbody");
    EXPECT_EQ(parts_.body.data(), body.data());
    EXPECT_EQ(parts_.size(), 10U);
}

TEST_F(FrameWriterTest, RefusesWhatTheFramingCannotWrite) {
    const auto result = write("", std::string(70'000, 'x'));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().framing, codec::FrameError::too_large);
}

struct SmallPackets : FrameWriterTest {
    SmallPackets() : FrameWriterTest("datagram", 10) {}
};

TEST_F(SmallPackets, LimitTheFrameWithItsFraming) {
    EXPECT_TRUE(write("12345", "67890"));
    const auto result = write("12345", "678901");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().framing, codec::FrameError::too_large);
}

// SLIP escapes bytes of the frame.
struct StuffedOutput : FrameWriterTest {
    StuffedOutput() : FrameWriterTest("slip") {}
};

TEST_F(StuffedOutput, EncodesHeadAndBodyAsOneFrame) {
    std::string expected;
    ASSERT_TRUE(encoder_->encode(
        "he\xc0"
        "ad",
        expected
    ));
    ASSERT_TRUE(write("he\xc0", "ad"));
    EXPECT_EQ(written(), expected);
    expected.clear();
    ASSERT_TRUE(encoder_->encode("alone", expected));
    ASSERT_TRUE(write("", "alone"));
    EXPECT_EQ(written(), expected);
    ASSERT_TRUE(write("alone", ""));
    EXPECT_EQ(written(), expected);
}

// From the second frame on nothing is allocated for a frame of the same size.
TEST_F(StuffedOutput, ReusesTheScratchBuffers) {
    const std::string head(100, 'h');
    const std::string body(1'000, 'b');
    ASSERT_TRUE(write(head, body));
    const char* const joined = buffers_.scratch().joined.data();
    const char* const encoded = buffers_.scratch().encoded.data();
    ASSERT_TRUE(write(head, body));
    EXPECT_EQ(buffers_.scratch().joined.data(), joined);
    EXPECT_EQ(buffers_.scratch().encoded.data(), encoded);
    EXPECT_EQ(parts_.prefix.data(), encoded);
}

// Payloads that bring their delimiters show where they end.
struct KeptDelimiters : FrameWriterTest {
    KeptDelimiters() : FrameWriterTest(kept_lines()) {}

    static codec::Framing kept_lines() {
        codec::Framing framing = *codec::parse_preset("lines");
        framing.delimiter.keep = true;
        return framing;
    }
};

TEST_F(KeptDelimiters, AllowAReplyOfSeveralFrames) {
    ASSERT_TRUE(write("", "one\ntwo\n", Content::reply));
    EXPECT_EQ(written(), "one\ntwo\n");
    EXPECT_FALSE(write("", "one\ntwo\n", Content::frame));
}

}  // namespace
}  // namespace telex::server

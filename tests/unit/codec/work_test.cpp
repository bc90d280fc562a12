// Work is linear in the bytes received, counted, however small the pieces.
#include "codec/decoder.hpp"
#include "support/framing_cases.hpp"

#include <gtest/gtest.h>

namespace telex::codec {
namespace {

using test::bytes;
using test::preset;

struct Counted {
    std::uint64_t examined = 0;
    std::size_t frames = 0;
};

// Feeds views of one buffer: no copies, so that a megabyte in single bytes stays quick.
Counted feed(const Framing& framing, ByteView stream, std::size_t piece) {
    const auto decoder = make_decoder(framing);
    Counted counted;
    std::size_t consumed = 0;
    for (std::size_t arrived = 0; arrived < stream.size();) {
        arrived = std::min(arrived + piece, stream.size());
        while (true) {
            const DecodeStep step = decoder->decode(stream.substr(consumed, arrived - consumed));
            if (step.kind != DecodeStep::Kind::frame && step.kind != DecodeStep::Kind::skip) {
                EXPECT_EQ(step.kind, DecodeStep::Kind::need_more);
                break;
            }
            consumed += step.consumed;
            counted.frames += step.kind == DecodeStep::Kind::frame ? 1 : 0;
        }
    }
    counted.examined = decoder->examined();
    return counted;
}

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;

TEST(LinearWork, OfAMebibyteLineInSmallPieces) {
    const std::string line = std::string(kMebibyte, 'x') + "\n";
    for (const std::size_t piece : {1U, 1460U}) {
        const Counted counted = feed(preset("lines"), line, piece);
        EXPECT_EQ(counted.frames, 1U);
        EXPECT_EQ(counted.examined, line.size());
    }
}

TEST(LinearWork, OfALineFullOfHalfDelimiters) {
    // Each LF is a candidate for CRLF and none is one.
    const std::string line = std::string(kMebibyte, '\n') + "\r\n";
    Framing framing = preset("crlf");
    framing.max_frame_bytes = 2 * kMebibyte;
    for (const std::size_t piece : {1U, 1460U}) {
        const Counted counted = feed(framing, line, piece);
        EXPECT_EQ(counted.frames, 1U);
        EXPECT_LE(counted.examined, 2 * line.size());
    }
}

TEST(LinearWork, OfSeveralDelimitersWithDifferentLastBytes) {
    Framing framing = preset("lines");
    framing.delimiter.ends = {"aab", "||", ";"};
    framing.delimiter.write = ";";
    const std::string line = std::string(kMebibyte - 1, 'b') + ";";
    for (const std::size_t piece : {1U, 1460U}) {
        const Counted counted = feed(framing, line, piece);
        EXPECT_EQ(counted.frames, 1U);
        EXPECT_LE(counted.examined, 5 * line.size());
    }
}

TEST(LinearWork, OfADiscardedLine) {
    Framing framing = preset("lines");
    framing.max_frame_bytes = 100;
    framing.oversize = Oversize::discard;
    const std::string line = std::string(kMebibyte, 'x') + "\nnext\n";
    for (const std::size_t piece : {1U, 1460U}) {
        const Counted counted = feed(framing, line, piece);
        EXPECT_EQ(counted.frames, 1U);
        EXPECT_EQ(counted.examined, line.size());
    }
}

TEST(LinearWork, OfALengthPrefixedMebibyte) {
    for (const std::string_view name : {"u32be", "protobuf-delimited", "netstring"}) {
        std::string stream = std::string(kMebibyte, 'x');
        if (name == "netstring") {
            stream = "1048576:" + stream + ",";
        } else {
            stream.insert(0, name == "u32be" ? bytes({0, 0x10, 0, 0}) : bytes({0x80, 0x80, 0x40}));
        }
        for (const std::size_t piece : {1U, 1460U}) {
            const Counted counted = feed(preset(name), stream, piece);
            EXPECT_EQ(counted.frames, 1U) << name;
            EXPECT_LE(counted.examined, 100U) << name;  // the head, not the body
        }
    }
}

TEST(LinearWork, OfAStuffedMebibyte) {
    for (const std::string_view name : {"cobs", "slip"}) {
        const std::string stream = name == "cobs" ? std::string(kMebibyte, '\x01') + bytes({0})
                                                  : std::string(kMebibyte, 'x') + bytes({0xC0});
        for (const std::size_t piece : {1U, 1460U}) {
            const Counted counted = feed(preset(name), stream, piece);
            EXPECT_EQ(counted.frames, 1U) << name;
            EXPECT_LE(counted.examined, 2 * stream.size()) << name;  // search, then unstuff
        }
    }
}

TEST(LinearWork, OfSyslogLinesOfDigits) {
    std::string stream;
    for (int i = 0; i < 10'000; ++i) {
        stream += "1234567890\n";
    }
    const Counted counted = feed(preset("syslog"), stream, 1);
    EXPECT_EQ(counted.frames, 10'000U);
    EXPECT_LE(counted.examined, 8 * stream.size());
}

TEST(LinearWork, OfManySmallFrames) {
    for (const std::string& name : test::stream_presets()) {
        const std::string frame = name == "syslog" ? "<1>x\n" : name == "crlf" ? "abc\r\n" : "";
        if (frame.empty()) {
            continue;
        }
        std::string stream;
        for (int i = 0; i < 10'000; ++i) {
            stream += frame;
        }
        const Counted counted = feed(preset(name), stream, 7);
        EXPECT_EQ(counted.frames, 10'000U);
        EXPECT_LE(counted.examined, 2 * stream.size());
    }
}

}  // namespace
}  // namespace telex::codec

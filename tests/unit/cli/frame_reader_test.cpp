#include "cli/frames/reader.hpp"
#include "cli_testing.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace telex::cli {
namespace {

using Kind = FrameEvent::Kind;

struct Seen {
    Kind kind;
    std::uint64_t offset;
    std::string payload;

    bool operator==(const Seen&) const = default;
};

std::vector<Seen> read_frames(const codec::Framing& framing, InputSource source) {
    FrameReader reader(framing, std::move(source));
    std::vector<Seen> all;
    for (;;) {
        const FrameEvent event = reader.next();
        all.push_back({event.kind, event.offset, std::string(event.payload)});
        if (event.kind != Kind::frame && event.kind != Kind::skipped) {
            return all;
        }
    }
}

codec::Framing preset(std::string_view name) {
    return *codec::parse_preset(name);
}

TEST(FrameReader, ReturnsTheSameFramesForEverySplit) {
    const std::string bytes("\0\2ab\0\0\0\3cde", 11);
    const std::vector<Seen> expected{
        {Kind::frame, 0, "ab"}, {Kind::frame, 4, ""}, {Kind::frame, 6, "cde"}, {Kind::end, 11, ""}
    };
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        EXPECT_EQ(read_frames(preset("u16be"), pieces_of(bytes, step)), expected) << step;
    }
}

TEST(FrameReader, ReadsFramesLargerThanItsSteps) {
    const std::string payload(300'000, 'x');
    const auto frames =
        read_frames(preset("netstring"), pieces_of("300000:" + payload + ",", 1000));
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(frames[0].payload, payload);
}

TEST(FrameReader, ReportsTheOffsetOfATruncatedFrame) {
    const auto frames = read_frames(preset("u8"), pieces_of("\x01x\x05yy", 2));
    EXPECT_EQ(frames.back(), (Seen{Kind::bad, 2, ""}));
}

TEST(FrameReader, RecognizesOtherProtocols) {
    FrameReader reader(preset("u32be"), pieces_of("GET / HTTP/1.1\r\nHost: here\r\n\r\n", 100));
    const FrameEvent event = reader.next();
    EXPECT_EQ(event.kind, Kind::bad);
    EXPECT_EQ(event.error, codec::FrameError::too_large);
    EXPECT_EQ(event.text, "HTTP");
}

TEST(FrameReader, PassesOnInterruptionsAndReadErrors) {
    FrameReader interrupted(preset("u8"), [](char*, std::size_t) -> InputChunk {
        return {.end = InputEnd::interrupted};
    });
    EXPECT_EQ(interrupted.next().kind, Kind::interrupted);
    FrameReader failed(preset("u8"), [](char*, std::size_t) -> InputChunk {
        return {.end = InputEnd::failed, .error = "no such device"};
    });
    const FrameEvent event = failed.next();
    EXPECT_EQ(event.kind, Kind::failed);
    EXPECT_EQ(event.text, "no such device");
}

TEST(FrameReader, StaysAtTheEnd) {
    FrameReader reader(preset("u8"), pieces_of("", 1));
    EXPECT_EQ(reader.next().kind, Kind::end);
    EXPECT_EQ(reader.next().kind, Kind::end);
}

TEST(LineFraming, AcceptsALastLineWithoutLineFeed) {
    const std::vector<Seen> with{{Kind::frame, 0, "a"}, {Kind::frame, 3, "b"}, {Kind::end, 5, ""}};
    EXPECT_EQ(read_frames(line_framing(10), pieces_of("a\r\nb\n", 2)), with);
    const std::vector<Seen> without{
        {Kind::frame, 0, "a"}, {Kind::frame, 2, "b"}, {Kind::end, 3, ""}
    };
    EXPECT_EQ(read_frames(line_framing(10), pieces_of("a\nb", 2)), without);
}

}  // namespace
}  // namespace telex::cli

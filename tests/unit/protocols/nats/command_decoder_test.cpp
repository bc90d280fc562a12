#include "protocols/nats/command_decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace telex::session::nats {
namespace {

using ::testing::ElementsAre;
using Kind = codec::DecodeStep::Kind;

constexpr std::size_t kMaxPayload = 64;

// The frames of a stream that arrives in pieces, and the error that ends it.
struct Outcome {
    std::vector<std::string> frames;
    std::string error;

    bool operator==(const Outcome&) const = default;
};

// Each step sees its own copy of the input.
Outcome decode_in_pieces(std::string_view stream, std::size_t first, std::size_t piece) {
    CommandDecoder decoder(kMaxPayload);
    Outcome outcome;
    std::string input;
    std::size_t at = 0;
    std::size_t size = first;
    while (at < stream.size()) {
        input += stream.substr(at, size);
        at += size;
        size = piece;
        for (;;) {
            const std::vector<char> copy(input.begin(), input.end());
            const auto step = decoder.decode({copy.data(), copy.size()});
            if (step.kind == Kind::need_more) {
                EXPECT_GT(step.need, input.size());
                break;
            }
            if (step.kind == Kind::error) {
                outcome.error = codec::name_of(step.error);
                return outcome;
            }
            outcome.frames.emplace_back(step.payload);
            input.erase(0, step.consumed);
        }
    }
    const auto last = decoder.finish(input);
    if (last.kind == Kind::error) {
        outcome.error = codec::name_of(last.error);
    }
    EXPECT_LE(decoder.examined(), 3 * stream.size() + 2);
    return outcome;
}

Outcome decode(std::string_view stream) {
    return decode_in_pieces(stream, stream.size(), 1);
}

TEST(CommandDecoder, FramesAreLinesAndLinesWithPayloads) {
    EXPECT_THAT(
        decode("PING\r\nPUB a 5\r\nhello\r\nSUB a  1\r\nHPUB a 2 3\r\nxyz\r\npub a 0\r\n\r\n")
            .frames,
        ElementsAre("PING", "PUB a 5\r\nhello", "SUB a  1", "HPUB a 2 3\r\nxyz", "pub a 0\r\n")
    );
}

TEST(CommandDecoder, ALineMayEndWithoutReturnAndAPayloadMayNot) {
    EXPECT_EQ(decode("PING\nPUB a 1\nx\r\n"), (Outcome{{"PING", "PUB a 1\nx"}, ""}));
    EXPECT_EQ(decode("PUB a 1\r\nx\nPING\r\n"), (Outcome{{}, "bad_trailer"}));
}

TEST(CommandDecoder, PayloadsMayContainAnything) {
    EXPECT_EQ(decode("PUB a 8\r\nPING\r\n\r\n\r\n").frames.front(), "PUB a 8\r\nPING\r\n\r\n");
}

TEST(CommandDecoder, LinesWithoutASizeAreFramesOfTheirOwn) {
    for (const std::string line :
         {"PUB",
          "PUB ",
          "PUB 5",
          "PUB a x",
          "PUB a -1",
          "PUB a +1",
          "PUB a 1000000000",
          "PUBX a 5",
          "MSG a 1 5",
          "+OK",
          "",
          " PING"}) {
        EXPECT_EQ(decode(line + "\r\n"), (Outcome{{line}, ""})) << line;
    }
}

TEST(CommandDecoder, LimitsAreCheckedBeforeThePayloadArrives) {
    EXPECT_EQ(decode("PUB a 64\r\n").error, "truncated");
    EXPECT_EQ(decode("PUB a 65\r\n"), (Outcome{{}, "too_large"}));
    EXPECT_EQ(decode("HPUB a 1 999999999\r\n"), (Outcome{{}, "too_large"}));
    CommandDecoder decoder(kMaxPayload);
    decoder.limit_payload(10);
    EXPECT_EQ(decoder.decode("PUB a 11\r\n").kind, Kind::error);
    decoder.limit_payload(SIZE_MAX);
    EXPECT_EQ(decoder.decode("PUB a 65\r\n").kind, Kind::error);
}

TEST(CommandDecoder, LinesHaveALimit) {
    const std::string longest(kMaxControlLine, 'x');
    EXPECT_EQ(decode(longest + "\r\n"), (Outcome{{longest}, ""}));
    EXPECT_EQ(decode(longest + "y\r\n"), (Outcome{{}, "head_too_large"}));
    EXPECT_EQ(decode(longest + "yz").error, "head_too_large");
}

TEST(CommandDecoder, ALineIsNotReadAgainForEachPieceOfItsPayload) {
    CommandDecoder decoder(1'000);
    const std::string spaces(kMaxControlLine - 9, ' ');
    const std::string stream = "PUB" + spaces + "a 1000\r\n" + std::string(1'000, 'x') + "\r\n";
    for (std::size_t size = 1; size < stream.size(); ++size) {
        const auto step = decoder.decode({stream.data(), size});
        ASSERT_EQ(step.kind, Kind::need_more);
    }
    EXPECT_EQ(decoder.decode(stream).kind, Kind::frame);
    EXPECT_LE(decoder.examined(), 4 * stream.size());
}

TEST(CommandDecoder, EverySplitGivesTheSame) {
    const std::vector<std::string> streams = {
        "CONNECT {}\r\nPING\r\nSUB a.* g 1\r\nUNSUB 1 2\r\n",
        "PUB a 5\r\nhello\r\nPUB a b 0\r\n\r\nHPUB a 4 6\r\nabcdef\r\nPING\n",
        "PUB a 5\r\nhello!\r\n",
        "PUB a 65\r\n",
        "PUB a 3\r\nab",
        "\r\n\nPUB\r\nPUB a 001\r\nx\r\n",
    };
    for (const std::string& stream : streams) {
        const Outcome whole = decode(stream);
        for (std::size_t first = 1; first <= stream.size(); ++first) {
            EXPECT_EQ(decode_in_pieces(stream, first, stream.size()), whole) << stream << first;
            EXPECT_EQ(decode_in_pieces(stream, first, 1), whole) << stream << first;
        }
    }
}

TEST(CommandDecoder, LooksAheadAtRepetitionsOfTheLastLine) {
    CommandDecoder decoder(kMaxPayload);
    const std::string stream =
        "PUB a 2\r\nxx\r\nPUB a 2\r\nyy\r\nPUB a 2\r\nzz\r\nPUB b 2\r\nxx\r\nPUB a 2\r\nxx\r\n";
    const auto first = decoder.decode(stream);
    const ByteView rest = ByteView(stream).substr(first.consumed);
    std::array<codec::FrameAhead, 8> frames;
    ASSERT_EQ(decoder.look_ahead(rest, frames), 2U);
    EXPECT_EQ(frames[0].payload, "PUB a 2\r\nyy");
    EXPECT_EQ(frames[1].payload, "PUB a 2\r\nzz");
    EXPECT_EQ(decoder.decode(rest.substr(frames[1].end)).payload, "PUB b 2\r\nxx");
    EXPECT_EQ(decoder.look_ahead(rest, std::span(frames).first(1)), 0U);
}

// Expects that look_ahead() behind the first frame finds `most` frames that decode() would return;
// in a part of the stream, those that are whole.
void expect_ahead(std::string_view stream, std::size_t most) {
    std::size_t count = 0;
    for (std::size_t size = CommandDecoder(kMaxPayload).decode(stream).consumed;
         size <= stream.size();
         ++size) {
        CommandDecoder decoder(kMaxPayload);
        const ByteView input = ByteView(stream).substr(0, size);
        const ByteView rest = input.substr(decoder.decode(input).consumed);
        std::array<codec::FrameAhead, 8> frames;
        count = decoder.look_ahead(rest, frames);
        std::size_t at = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const auto step = decoder.decode(rest.substr(at));
            EXPECT_EQ(step.payload, frames[i].payload);
            at += step.consumed;
            EXPECT_EQ(at, frames[i].end);
        }
        if (count < most) {
            EXPECT_NE(decoder.decode(rest.substr(at)).kind, Kind::frame) << stream << size;
        }
    }
    EXPECT_EQ(count, most) << stream;
}

TEST(CommandDecoder, LookAheadFindsWhatDecodeWould) {
    expect_ahead("PUB a 2\r\nxx\r\nPUB a 2\r\n\r\n\r\nPUB a 2\r\nzzzPUB a 2\r\n", 1);
    expect_ahead("PUB a 2\r\nxx\r\nPUB a 10\r\n0123456789\r\nPUB a 0\r\n\r\nPUB a 0\r\n\r\n", 3);
    expect_ahead("pub\ta  3\r\nabc\r\npub\ta  4\r\nabcd\r\npub a 3\r\nabc\r\n", 1);
    expect_ahead("PUB 1 2\r\nxx\r\nPUB 1 1\r\nx\r\nPUB 12\r\n", 1);
}

TEST(CommandDecoder, LookAheadLeavesOtherFormsOfSizesAlone) {
    for (const std::string_view second :
         {"01\r\nx", "1 \r\nx", "1\nx", "+1\r\nx", "\r\n", "65\r\n", "99999999999\r\n"}) {
        expect_ahead("PUB a 2\r\nxx\r\nPUB a " + std::string(second) + "\r\n", 0);
    }
    // The last line has another form itself: it comes again as it is, or not at all.
    for (const std::string_view first : {"02", "2 "}) {
        const std::string line = "PUB a " + std::string(first) + "\r\n";
        expect_ahead(line + "xx\r\n" + line + "yy\r\nPUB a 1\r\nx\r\n", 1);
    }
}

TEST(CommandDecoder, DoesNotLookAheadAfterAnotherCommand) {
    CommandDecoder decoder(kMaxPayload);
    std::array<codec::FrameAhead, 8> frames;
    EXPECT_EQ(decoder.look_ahead("PUB a 0\r\n\r\n", frames), 0U);
    static_cast<void>(decoder.decode("PUB a 0\r\n\r\n"));
    static_cast<void>(decoder.decode("PING\r\n"));
    EXPECT_EQ(decoder.look_ahead("PUB a 0\r\n\r\n", frames), 0U);
}

}  // namespace
}  // namespace telex::session::nats

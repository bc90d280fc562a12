#include "websocket/frame_input.hpp"

#include "support/websocket_frames.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

namespace telex::websocket {
namespace {

using namespace std::string_literals;
using testing::ClientFrame;
using testing::encode;
using testing::masked;
using Boundaries = FrameInput::Boundaries;

constexpr unsigned kText = 0x81;
constexpr unsigned kBinary = 0x82;
constexpr unsigned kTextBegins = 0x01;
constexpr unsigned kBinaryBegins = 0x02;
constexpr unsigned kGoesOn = 0x00;
constexpr unsigned kLast = 0x80;
constexpr unsigned kClose = 0x88;
constexpr unsigned kPing = 0x89;
constexpr unsigned kPong = 0x8A;

struct Seen {
    std::string bytes;
    std::vector<std::string> pings;
    std::optional<Violation> violation;
    std::optional<std::uint16_t> closed;

    bool operator==(const Seen&) const = default;
};

Seen read(Boundaries boundaries, std::string_view stream, std::size_t piece) {
    FrameInput input(boundaries);
    Seen seen;
    for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
        std::string bytes(stream.substr(0, piece));
        const std::size_t kept = input.take(bytes);
        seen.bytes.append(bytes, 0, kept);
        if (auto ping = input.take_ping()) {
            seen.pings.push_back(*std::move(ping));
        }
    }
    seen.violation = input.violation();
    seen.closed = input.closed();
    return seen;
}

// The bytes that are read in pieces of one byte; checks that they are the same for every size.
Seen read_all(Boundaries boundaries, const std::string& stream) {
    Seen bytewise = read(boundaries, stream, 1);
    for (std::size_t piece = 2; piece <= stream.size(); ++piece) {
        Seen other = read(boundaries, stream, piece);
        if (!other.pings.empty()) {  // only the last of a read counts
            EXPECT_EQ(other.pings.back(), bytewise.pings.back()) << piece;
        }
        other.pings = bytewise.pings;
        if (bytewise.violation == Violation::bad_text) {
            EXPECT_TRUE(bytewise.bytes.starts_with(other.bytes)) << piece;
            other.bytes = bytewise.bytes;
        }
        EXPECT_EQ(other, bytewise) << "pieces of " << piece;
    }
    return bytewise;
}

std::string payloads(const std::string& stream) {
    const Seen seen = read_all(Boundaries::dropped, stream);
    EXPECT_FALSE(seen.violation);
    return seen.bytes;
}

std::optional<Violation> violation_of(const std::string& stream) {
    EXPECT_EQ(
        read_all(Boundaries::kept, stream).violation,
        read_all(Boundaries::dropped, stream).violation
    );
    return read_all(Boundaries::dropped, stream).violation;
}

TEST(FrameInput, RemovesMasksAndHeads) {
    EXPECT_EQ(
        payloads(masked(kText, "Hello") + masked(kBinary, "") + masked(kBinary, "!")), "Hello!"
    );
}

TEST(FrameInput, JoinsFragmentsAroundControlFrames) {
    const std::string stream = masked(kBinaryBegins, "one ") + masked(kPing, "p") +
                               masked(kGoesOn, "") + masked(kPong, "") + masked(kGoesOn, "two ") +
                               masked(kLast, "three") + masked(kText, ".");
    const Seen seen = read_all(Boundaries::dropped, stream);
    EXPECT_EQ(seen.bytes, "one two three.");
    EXPECT_EQ(seen.pings, std::vector<std::string>{"p"});
}

TEST(FrameInput, KeepsHeadsOfDataFramesWithoutMasks) {
    const std::string stream =
        masked(kTextBegins, "ab") + masked(kPing, "x") + masked(kLast, std::string(200, 'c'));
    EXPECT_EQ(
        read_all(Boundaries::kept, stream).bytes,
        "\x01\x02"s + "ab" + "\x80\x7E\0\xC8"s + std::string(200, 'c')
    );
}

TEST(FrameInput, TakesAllFormsOfLengths) {
    for (const std::size_t size : {0U, 1U, 125U, 126U, 127U}) {
        EXPECT_EQ(payloads(masked(kBinary, std::string(size, 'x'))).size(), size);
    }
    for (const std::size_t size : {65'535U, 65'536U, 70'000U}) {
        const std::string stream = masked(kBinary, std::string(size, 'x'));
        for (const std::size_t piece : {std::size_t{1}, std::size_t{4'096}, stream.size()}) {
            EXPECT_EQ(read(Boundaries::dropped, stream, piece).bytes, std::string(size, 'x'));
        }
    }
}

TEST(FrameInput, AnswersTheLastPingOfARead) {
    const std::string stream = masked(kPing, "1") + masked(kPing, "2") + masked(kPing, "3");
    EXPECT_EQ(
        read(Boundaries::dropped, stream, stream.size()).pings, std::vector<std::string>{"3"}
    );
    EXPECT_EQ(read(Boundaries::dropped, stream, 1).pings.size(), 3U);
}

TEST(FrameInput, RefusesWhatTheStandardForbids) {
    const std::string open = masked(kBinaryBegins, "a");
    const auto with_length = [](unsigned form, std::size_t size) {
        return encode({.first = kBinary, .payload = std::string(size, 'x'), .length_bytes = form});
    };
    const std::vector<std::pair<std::string, Violation>> cases = {
        {encode({.payload = "a", .masked = false}), Violation::not_masked},
        {encode({.first = kPing, .masked = false}), Violation::not_masked},
        {masked(kBinary | 0x40, "a"), Violation::reserved_bits},
        {masked(kBinary | 0x20, "a"), Violation::reserved_bits},
        {masked(kPing | 0x10, ""), Violation::reserved_bits},
        {masked(0x83, ""), Violation::reserved_opcode},
        {masked(0x87, ""), Violation::reserved_opcode},
        {masked(0x8B, ""), Violation::reserved_opcode},
        {masked(0x8F, ""), Violation::reserved_opcode},
        {masked(0x09, ""), Violation::fragmented_control},
        {masked(0x08, ""), Violation::fragmented_control},
        {masked(kPing, std::string(126, 'x')), Violation::long_control},
        {masked(kClose, std::string(70'000, 'x')), Violation::long_control},
        {masked(kGoesOn, "a"), Violation::unexpected_continuation},
        {masked(kLast, "a"), Violation::unexpected_continuation},
        {masked(kBinary, "a") + masked(kLast, "b"), Violation::unexpected_continuation},
        {open + masked(kBinary, "b"), Violation::interleaved_message},
        {open + masked(kTextBegins, "b"), Violation::interleaved_message},
        {with_length(2, 0), Violation::long_form},
        {with_length(2, 125), Violation::long_form},
        {with_length(8, 5), Violation::long_form},
        {"\x82\xFF\0\0\0\0\0\0\xFF\xFF"s, Violation::long_form},
        {"\x82\xFF\x80\0\0\0\0\0\0\0"s, Violation::bad_length},
        {"\x82\xFF\xFF"s, Violation::bad_length},
        {masked(kClose, "\x03"), Violation::bad_close},
        {masked(kClose, "\x03\xED"), Violation::bad_close},  // 1005
        {masked(kClose, "\0\0"s), Violation::bad_close},
        {masked(kClose, "\x03\xE8\xFF"), Violation::bad_text},
        {masked(kText, "\xFF"), Violation::bad_text},
        {masked(kText, "\xE2\x82"), Violation::bad_text},
        {masked(kTextBegins, "\xE2\x82") + masked(kLast, ""), Violation::bad_text},
        {masked(kTextBegins, "\xE2") + masked(kGoesOn, "\x82") + masked(kLast, "a"),
         Violation::bad_text},
    };
    for (const auto& [stream, violation] : cases) {
        if (stream.size() < 1'000) {
            EXPECT_EQ(violation_of(stream), violation) << text_of(violation);
        } else {
            EXPECT_EQ(read(Boundaries::kept, stream, stream.size()).violation, violation);
        }
    }
}

TEST(FrameInput, IsDoneWithAFrameOnceItIsWrong) {
    // The frame that a decoder would take for whole never arrives there.
    for (const std::string& stream : {
             masked(kTextBegins, "\xE2\x82") + masked(kLast, ""),
             encode({.payload = "a", .masked = false}),
             encode({.payload = "a", .length_bytes = 2}),
         }) {
        const Seen seen = read_all(Boundaries::kept, stream + masked(kBinary, "late"));
        EXPECT_TRUE(seen.violation);
        EXPECT_EQ(seen.bytes.find("late"), std::string::npos);
    }
}

TEST(FrameInput, TakesTextDividedWithinCharacters) {
    const std::string text = "\u00E4\u20AC\U0001F600 and more";
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const std::string stream =
            masked(kTextBegins, text.substr(0, at)) + masked(kLast, text.substr(at));
        EXPECT_EQ(payloads(stream), text) << at;
    }
    EXPECT_EQ(payloads(masked(kBinary, "\xFF\xFE")), "\xFF\xFE") << "binary is not checked";
}

TEST(FrameInput, EndsWithACloseFrame) {
    const Seen bare = read_all(Boundaries::dropped, masked(kClose, "") + masked(kText, "late"));
    EXPECT_EQ(bare.closed, 1005);
    EXPECT_EQ(bare.bytes, "");
    const Seen coded = read_all(Boundaries::dropped, masked(kClose, "\x0F\xA0gone"));
    EXPECT_EQ(coded.closed, 4000);
    EXPECT_FALSE(coded.violation);
}

TEST(FrameInput, LimitsTheNumberOfFragments) {
    FrameInput input(Boundaries::dropped);
    std::string first = masked(kBinaryBegins, "");
    EXPECT_EQ(input.take(first), 0U);
    for (std::uint32_t i = 1; i < FrameInput::kMaxFragments; ++i) {
        std::string next = masked(kGoesOn, "");
        EXPECT_EQ(input.take(next), 0U);
    }
    EXPECT_FALSE(input.violation());
    std::string another = masked(kLast, "");
    EXPECT_EQ(input.take(another), 0U);
    EXPECT_EQ(input.violation(), Violation::too_many_fragments);
}

TEST(FrameInput, AgreesWithANaiveReading) {
    std::mt19937 random(1);  // NOLINT: the same cases in each run
    const auto choose = [&](std::size_t count) { return random() % count; };
    const std::vector<std::string> parts = {
        "", "a", "\u20AC", "\xE2\x82", "\xAC", std::string(130, 'x')
    };
    const std::vector<unsigned> firsts = {
        kText,
        kBinary,
        kTextBegins,
        kGoesOn,
        kGoesOn,
        kLast,
        kLast,
        kPing,
        kPong,
        kClose,
        0x83,
        0xC1
    };
    for (int round = 0; round < 3'000; ++round) {
        std::string stream;
        for (std::size_t frames = choose(6); frames > 0; --frames) {
            ClientFrame frame{
                .first = firsts[choose(firsts.size())], .payload = parts[choose(parts.size())]
            };
            frame.length_bytes = choose(20) == 0 ? 8 : 0;
            frame.masked = choose(20) != 0;
            stream += encode(frame);
        }
        stream.resize(stream.size() - std::min(stream.size(), choose(3)));
        const auto expected = testing::read_frames(stream, FrameInput::kMaxFragments);
        const Seen seen = read(Boundaries::dropped, stream, 1 + choose(9));
        ASSERT_EQ(seen.violation.has_value(), expected.violated) << round;
        ASSERT_EQ(seen.closed.has_value(), expected.closed.has_value()) << round;
        if (!expected.violated) {
            ASSERT_EQ(seen.bytes, expected.bytes) << round;
        }
    }
}

}  // namespace
}  // namespace telex::websocket

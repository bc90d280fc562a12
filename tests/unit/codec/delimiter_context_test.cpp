// Delimiters within quotes and brackets, and bytes behind a delimiter.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/framing_checks.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::drive_pieces;
using test::encode_error;
using test::error_of;
using test::expect_both_ways;
using test::frames_of;
using test::preset;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// RFC 4180.
Framing csv() {
    Framing framing = preset("lines");
    framing.delimiter.quotes = "\"";
    return framing;
}

Framing bracketed() {
    Framing framing = preset("lines");
    framing.delimiter.quotes = "\"";
    framing.delimiter.escape = "\\";
    framing.delimiter.brackets = "()[]";
    framing.nesting = 3;
    return framing;
}

// The remote protocol of gdb: '$', data, '#', two digits of a checksum.
Framing gdb() {
    Framing framing = preset("lines");
    framing.delimiter = {.start = "$", .ends = {"#"}, .write = "#", .keep = true, .after = 2};
    return framing;
}

TEST(DelimiterContext, DelimitersWithinQuotesAreContent) {
    expect_both_ways(csv(), "a,\"b\nc\",d", "a,\"b\nc\",d\n");
    EXPECT_THAT(
        frames_of(csv(), "a,\"x\r\ny\"\r\n\"say \"\"\n\"\"\"\nlast"),
        ElementsAre("a,\"x\r\ny\"", "\"say \"\"\n\"\"\"", "last")
    );
}

TEST(DelimiterContext, DelimitersWithinBracketsAreContent) {
    expect_both_ways(bracketed(), "(a\n[b\n]\n)", "(a\n[b\n]\n)\n");
    // A closing bracket of another kind, or without an opening one, has no meaning.
    EXPECT_THAT(frames_of(bracketed(), ")(]\n)\n]\n"), ElementsAre(")(]\n)", "]"));
    // Nor have brackets and escaped quotes within quotes.
    EXPECT_THAT(
        frames_of(bracketed(), "\"(\\\"\n\"\n(\")\n\"\n)\n"),
        ElementsAre("\"(\\\"\n\"", "(\")\n\"\n)")
    );
}

TEST(DelimiterContext, PayloadsThatLeaveItOpenAreNotWritten) {
    for (const std::string payload : {"\"a", "(", "(\"a)", "a\"b\"\"", "a\nb", "()\n"}) {
        EXPECT_EQ(encode_error(bracketed(), payload), FrameError::delimiter_in_payload) << payload;
    }
    EXPECT_EQ(encode_error(csv(), "a\"\"b"), std::nullopt);
}

TEST(DelimiterContext, NestingIsBounded) {
    EXPECT_THAT(frames_of(bracketed(), "((()))\n"), ElementsAre("((()))"));
    EXPECT_EQ(error_of(bracketed(), "(((("), FrameError::too_deep);
    EXPECT_EQ(encode_error(bracketed(), "(((())))"), FrameError::delimiter_in_payload);
}

TEST(DelimiterContext, OpenQuotesEndAtTheLimit) {
    Framing framing = csv();
    framing.max_frame_bytes = 10;
    EXPECT_EQ(error_of(framing, "\"" + std::string(40, '\n')), FrameError::too_large);
    framing.oversize = Oversize::discard;
    EXPECT_THAT(frames_of(framing, "\"" + std::string(40, '\n') + "\"\nok\n"), ElementsAre("ok"));
    framing.discard_budget = 20;
    EXPECT_EQ(error_of(framing, "\"" + std::string(60, '\n')), FrameError::too_large);
}

TEST(DelimiterContext, OpenQuotesAtTheEndOfTheStreamAreTruncated) {
    EXPECT_EQ(error_of(csv(), "\"a"), FrameError::truncated);
    Framing framing = csv();
    framing.delimiter.at_eof = AtEof::drop;
    EXPECT_EQ(drive_pieces(framing, "\"a", 1).outcome.lost, 1U);
}

TEST(BytesAfterADelimiter, BelongToTheFrame) {
    expect_both_ways(gdb(), "$g#67", "$g#67");
    EXPECT_THAT(frames_of(gdb(), "$#00$a##1$OK#9a"), ElementsAre("$#00", "$a##1", "$OK#9a"));
    EXPECT_EQ(test::written(gdb(), "OK#9a"), "$OK#9a");
    for (const std::string payload : {"$OK", "$OK#", "$OK#9", "$OK#9a$", "$OK#9a$OK#9a"}) {
        EXPECT_EQ(encode_error(gdb(), payload), FrameError::bad_trailer) << payload;
    }
}

TEST(BytesAfterADelimiter, MayBeMissingAtTheEndOfTheStream) {
    for (const std::string stream : {"$OK#", "$OK#9"}) {
        EXPECT_EQ(error_of(gdb(), stream), FrameError::truncated);
    }
}

TEST(BytesAfterADelimiter, CountForTheLimit) {
    Framing framing = gdb();
    framing.max_frame_bytes = 6;
    EXPECT_THAT(frames_of(framing, "$ab#cc"), ElementsAre("$ab#cc"));
    EXPECT_EQ(error_of(framing, "$abc#cc"), FrameError::too_large);
    framing.oversize = Oversize::discard;
    EXPECT_THAT(
        frames_of(framing, "$abcdefgh#cc$ab#cc$abc##c$cd#cc"), ElementsAre("$ab#cc", "$cd#cc")
    );
}

TEST(DelimiterContext, WorkIsLinear) {
    Framing framing = bracketed();
    framing.max_frame_bytes = 1U << 20U;
    std::string line;
    for (int i = 0; i < 10'000; ++i) {
        line += "(\"\n\")[\n]x";
    }
    line += "\n";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1'460}, line.size()}) {
        const auto result = drive_pieces(framing, line, piece);
        EXPECT_EQ(result.outcome.frames.size(), 1U);
        EXPECT_LE(result.examined, 3 * line.size());
    }
}

std::string refused(Framing framing, void (*change)(Framing&)) {
    change(framing);
    return validate(framing).value_or("");
}

TEST(DelimiterContext, ImpossibleCombinationsAreRefused) {
    EXPECT_EQ(refused(bracketed(), [](Framing&) {}), "");
    EXPECT_THAT(
        refused(gdb(), [](Framing& f) { f.delimiter.keep = false; }), HasSubstr("delimiter.keep")
    );
    EXPECT_THAT(
        refused(bracketed(), [](Framing& f) { f.delimiter.brackets = "("; }), HasSubstr("pairs")
    );
    EXPECT_THAT(
        refused(bracketed(), [](Framing& f) { f.delimiter.escape = "\""; }),
        HasSubstr("different bytes")
    );
    EXPECT_THAT(
        refused(bracketed(), [](Framing& f) { f.delimiter.ends = {"\n", ")"}; }),
        HasSubstr("must not contain")
    );
    EXPECT_THAT(
        refused(csv(), [](Framing& f) { f.kind = FramingKind::syslog; }), HasSubstr("syslog")
    );
    EXPECT_THAT(
        refused(bracketed(), [](Framing& f) { f.nesting = 0; }), HasSubstr("nesting must be")
    );
    EXPECT_THAT(
        refused(preset("lines"), [](Framing& f) { f.delimiter.escape = "\\"; }),
        HasSubstr("needs delimiter.quotes")
    );
}

}  // namespace
}  // namespace telex::codec

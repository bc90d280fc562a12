#include "cli/exit_code.hpp"
#include "cli/frames/decode.hpp"
#include "cli_testing.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::cli {
namespace {

using test::bytes;
using ::testing::HasSubstr;
using ::testing::Not;

std::string explanation(
    std::string_view preset, std::string stream, int code = kOk, Colours colours = Colours()
) {
    FrameDecodeOptions options;
    options.framing = test::preset(preset);
    options.explain = true;
    options.colours = colours;
    const MemoryFile file;
    Output output(file.fd());
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(decode_frames(options, pieces_of(std::move(stream), 3), output), code);
    ::testing::internal::GetCapturedStderr();
    return file.text();
}

TEST(Explainer, ShowsEachPartWithItsOffset) {
    EXPECT_EQ(
        explanation("u16be", bytes({0, 1}) + "a" + bytes({0, 2}) + "hi"),
        "frame 0 at 0: size 3, payload 1\n"
        "         0        2  length      00 01                                           "
        "big-endian, 1\n"
        "         2        1  body        61                                              \"a\"\n"
        "         3           ends: the length announces a body of 1\n"
        "frame 1 at 3: size 4, payload 2\n"
        "         3        2  length      00 02                                           "
        "big-endian, 2\n"
        "         5        2  body        68 69                                           \"hi\"\n"
        "         7           ends: the length announces a body of 2\n"
    );
}

TEST(Explainer, SaysWhereAnErrorIs) {
    EXPECT_THAT(
        explanation("netstring", "2:hi,2:yo;", kBadData),
        HasSubstr("         9           bad_trailer: expected 2c, found 3b\n")
    );
}

TEST(Explainer, IsShortForLongBodies) {
    const std::string text = explanation("lines", std::string(500'000, 'x') + "\n");
    EXPECT_LT(text.size(), 500U);
    EXPECT_THAT(text, HasSubstr("500000  body"));
}

TEST(Explainer, ShowsWhatIsSkipped) {
    EXPECT_THAT(explanation("json", "1\n2\n"), HasSubstr("skipped     0a"));
}

TEST(Explainer, ExplainsTheFirstFramesOfAConnectionByTheirFraming) {
    const std::string start = bytes({0, 0, 0, 8, 4, 210, 22, 47});
    const std::string text = explanation("postgresql", start + "Q" + bytes({0, 0, 0, 5}) + "x");
    EXPECT_THAT(text, HasSubstr("         0        4  length      00 00 00 08"));
    EXPECT_THAT(text, HasSubstr("         9        4  length      00 00 00 05"));
}

TEST(Explainer, HasColoursOnlyIfEnabled) {
    EXPECT_THAT(
        explanation(
            "u8",
            "\x01"
            "a"
        ),
        Not(HasSubstr("\x1b"))
    );
    EXPECT_THAT(
        explanation(
            "u8",
            "\x01"
            "a",
            kOk,
            Colours(true)
        ),
        HasSubstr("\x1b[36mlength")
    );
}

TEST(Explainer, WritesNoControlCharactersOfAStream) {
    EXPECT_THAT(explanation("lines", "\x1b[31mred\n"), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace telex::cli

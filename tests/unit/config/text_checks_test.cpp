#include "config/parse/text_checks.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::config {
namespace {

using namespace std::string_view_literals;

// "LINE:COLUMN message" of the first problem, or nothing.
std::string problem(std::string_view text) {
    Report report("a", text);
    const bool good = check_text(text, report);
    const auto all = report.take();
    EXPECT_EQ(good, all.empty());
    return all.empty() ? ""
                       : std::to_string(all[0].at.line) + ":" + std::to_string(all[0].at.column) +
                             " " + all[0].message;
}

TEST(CheckText, AcceptsPlainText) {
    EXPECT_EQ(problem(""), "");
    EXPECT_EQ(problem("a: 1\r\nb: ä€𝄞\n"), "");
    EXPECT_EQ(problem("a: 1\t# tab after text\n\t# in a comment\n \t \n"), "");
}

TEST(CheckText, ReportsByteOrderMarks) {
    for (const auto mark : {"\xEF\xBB\xBF"sv, "\xFE\xFF"sv, "\xFF\xFE"sv, "\0\0\xFE\xFF"sv}) {
        EXPECT_EQ(
            problem(std::string(mark) + "a: 1\n"),
            "1:1 byte order mark; the file must be UTF-8 without one"
        );
    }
}

TEST(CheckText, ReportsNulControlCharactersAndInvalidUtf8) {
    EXPECT_EQ(problem("a: 1\nb\0: 2\n"sv), "2:2 NUL byte; the file must be UTF-8 text");
    EXPECT_EQ(problem("a: \x1b[m"), "1:4 control character 0x1b; write it as an escape in quotes");
    EXPECT_EQ(problem("a: \x7f"), "1:4 control character 0x7f; write it as an escape in quotes");
    EXPECT_EQ(problem("a\rb\n"), "1:2 control character 0x0d; write it as an escape in quotes");
    EXPECT_EQ(problem("ä: \xC0\x80"), "1:5 invalid UTF-8 (byte 0xc0)");
    EXPECT_EQ(problem("a: \xED\xA0\x80"), "1:4 invalid UTF-8 (byte 0xed)");
    EXPECT_EQ(problem("a: \xE2\x82"), "1:4 invalid UTF-8 (byte 0xe2)");
}

TEST(CheckText, ReportsTabsAsIndentation) {
    EXPECT_EQ(problem("a:\n \tb: 1\n"), "2:2 tab in the indentation; YAML requires spaces");
}

TEST(CheckText, AcceptsAtMostFourMebibytes) {
    EXPECT_EQ(problem(std::string(kMaxFileBytes, '#')), "");
    EXPECT_EQ(
        problem(std::string(kMaxFileBytes + 1, '#')), "0:0 4194305 bytes exceed the maximum of 4MiB"
    );
}

}  // namespace
}  // namespace telex::config

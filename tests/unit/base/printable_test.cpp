#include "base/printable.hpp"

#include <gtest/gtest.h>

namespace telex {
namespace {

TEST(Printable, KeepsUtf8) {
    EXPECT_EQ(printable("gr\xC3\xBC\xC3\x9F dich"), "gr\xC3\xBC\xC3\x9F dich");
    EXPECT_EQ(printable("\xC2\xA0"), "\xC2\xA0");
    EXPECT_EQ(printable("\xE2\x80\x8D"), "\xE2\x80\x8D") << "U+200D joins characters";
    EXPECT_EQ(printable("a\\b\"c'"), "a\\b\"c'");
}

TEST(Printable, EscapesControlCharacters) {
    EXPECT_EQ(printable("\x1B[2J"), "\\x1b[2J");
    EXPECT_EQ(printable("a\nb\tc\x7F\r"), "a\\x0ab\\x09c\\x7f\\x0d");
    EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
    // U+009B, the control sequence introducer in one character.
    EXPECT_EQ(printable("\xC2\x9B"), "\\xc2\\x9b");
}

TEST(Printable, EscapesDirectionMarksAndInvisibleCharacters) {
    EXPECT_EQ(printable("\xE2\x80\xAE"), "\\xe2\\x80\\xae");
    EXPECT_EQ(printable("\xE2\x80\x8B"), "\\xe2\\x80\\x8b");
    EXPECT_EQ(printable("\xE2\x80\xA8"), "\\xe2\\x80\\xa8");
    EXPECT_EQ(printable("\xE2\x81\xA6"), "\\xe2\\x81\\xa6");
    EXPECT_EQ(printable("\xD8\x9C"), "\\xd8\\x9c");
    EXPECT_EQ(printable("\xE2\x80\xAF"), "\xE2\x80\xAF") << "U+202F is a space";
}

TEST(Printable, EscapesBytesThatAreNotUtf8OneByOne) {
    EXPECT_EQ(printable("a\xFF\xC3 b"), "a\\xff\\xc3 b");
}

TEST(Printable, KeepsTheControlCharactersAskedFor) {
    EXPECT_EQ(printable("a\nb\tc", {.keep = "\t"}), "a\\x0ab\tc");
    EXPECT_EQ(printable("a\nb\tc\x1B", {.keep = "\t\n"}), "a\nb\tc\\x1b");
}

TEST(Printable, EscapesTheCharactersAskedFor) {
    EXPECT_EQ(printable("a\" b", {.escape = "\""}), "a\\x22 b");
}

TEST(Printable, CutsBetweenCharacters) {
    EXPECT_EQ(printable("abcd", {.max_bytes = 3}), "abc");
    EXPECT_EQ(printable("ab\xC3\xB6", {.max_bytes = 3}), "ab");
    EXPECT_EQ(printable("ab\xC3\xB6", {.max_bytes = 4}), "ab\xC3\xB6");
    EXPECT_EQ(printable("a\n", {.max_bytes = 4}), "a");
    EXPECT_EQ(printable("a\n", {.max_bytes = 5}), "a\\x0a");
    EXPECT_EQ(printable("abc", {.max_bytes = 0}), "");
}

TEST(Printable, ChangesNothingTheSecondTime) {
    const std::string once = printable("\x1B[2J\\x41\xFF");
    EXPECT_EQ(printable(once), once);
}

TEST(Printable, QuotedFieldKeepsPeersFromForgingLogFields) {
    EXPECT_EQ(printable("line\nforged \x1B[2J", kQuotedField), "line\\x0aforged \\x1b[2J");
    EXPECT_EQ(printable("a\" user=\"root", kQuotedField), "a\\x22 user=\\x22root");
    EXPECT_EQ(printable(std::string(10'000, 'x'), kQuotedField).size(), 256U);
}

}  // namespace
}  // namespace telex

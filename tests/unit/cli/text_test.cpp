#include "cli/terminal/text.hpp"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

TEST(Hex, RoundTripsEveryByte) {
    std::string all;
    for (int i = 0; i < 256; ++i) {
        all += static_cast<char>(i);
    }
    EXPECT_EQ(parse_hex(to_hex(all)), all);
    EXPECT_EQ(to_hex("\x0F\xA0"), "0fa0");
}

TEST(Hex, AcceptsBlanksAndBothCases) {
    EXPECT_EQ(parse_hex("0A ff\tFf\r"), "\x0A\xFF\xFF");
}

TEST(Hex, ReportsTheColumnOfAnError) {
    EXPECT_EQ(parse_hex("00 0g").error(), "column 4: expected two hexadecimal digits");
    EXPECT_EQ(parse_hex("0").error(), "column 1: expected two hexadecimal digits");
}

TEST(Escapes, AreReplaced) {
    EXPECT_EQ(parse_escapes("a\\n\\r\\t\\\\\\x41z"), "a\n\r\t\\Az");
    EXPECT_EQ(parse_escapes("\\0"), std::string(1, '\0'));
}

TEST(Escapes, RejectOthers) {
    EXPECT_FALSE(parse_escapes("\\q"));
    EXPECT_FALSE(parse_escapes("\\"));
    EXPECT_FALSE(parse_escapes("\\x4"));
}

}  // namespace
}  // namespace telex::cli

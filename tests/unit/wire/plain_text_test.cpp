#include "wire/plain_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::wire {
namespace {

using namespace std::string_literals;

TEST(PlainText, IsUtf8WithoutControlCharacters) {
    for (const std::string& text :
         {""s, "a\tb\r\n"s, "\xC2\xA0"s, "\xC3\x80"s, "\xE2\x82\xAC"s, "~ \""s}) {
        EXPECT_TRUE(is_plain_text(text)) << text;
    }
    for (const std::string& text :
         {"\x1B[2J"s, "\0"s, "\x7F"s, "\xC2\x80"s, "\xC2\x9F"s, "\xC2"s, "\xFF"s, "\xC2\xC2\xA0"s
         }) {
        EXPECT_FALSE(is_plain_text(text)) << text;
    }
}

TEST(PlainText, IsDecidedByEveryByte) {
    for (std::size_t at = 0; at < 40; ++at) {
        std::string text(40, 'x');
        text[at] = '\x1F';
        EXPECT_FALSE(is_plain_text(text)) << at;
        text[at] = '\n';
        EXPECT_TRUE(is_plain_text(text)) << at;
        text.replace(at, 1, "\xC2\x9B");
        EXPECT_FALSE(is_plain_text(text)) << at;
        text.replace(at, 2, "\xC2\xA9");
        EXPECT_TRUE(is_plain_text(text)) << at;
    }
}

}  // namespace
}  // namespace telex::wire

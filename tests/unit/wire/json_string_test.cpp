#include "wire/json_string.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace telex::wire {
namespace {

using namespace std::string_literals;

std::string written(std::string_view text) {
    std::string out = "\"";
    append_json_text(out, text);
    return out + '"';
}

std::optional<std::string> decoded_string(std::string_view string) {
    std::string out(string.size(), '\0');
    char* const end = decode_json_text(string, out.data());
    if (end == nullptr) {
        return std::nullopt;
    }
    out.resize(static_cast<std::size_t>(end - out.data()));
    return out;
}

TEST(JsonString, EscapesWhatItMust) {
    EXPECT_EQ(written(""), R"("")");
    EXPECT_EQ(written("plain <>&/'"), R"("plain <>&/'")");
    EXPECT_EQ(written("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
    EXPECT_EQ(written("\0\x01\x1F\x7F"s), R"("\u0000\u0001\u001f\u007f")");
    EXPECT_EQ(written("\xC2\x80\xC2\x9B\xC2\x9F\xC2\xA0"), "\"\\u0080\\u009b\\u009f\xC2\xA0\"");
}

TEST(JsonString, DecodesEscapes) {
    EXPECT_EQ(decoded_string(""), "");
    EXPECT_EQ(decoded_string(R"(a\"b\\c\/d)"), "a\"b\\c/d");
    EXPECT_EQ(decoded_string(R"(\b\f\n\r\t)"), "\b\f\n\r\t");
    EXPECT_EQ(
        decoded_string(R"(\u0000\u0041\u00e4\u20AC\uffff)"), "\0A\xC3\xA4\xE2\x82\xAC\xEF\xBF\xBF"s
    );
    EXPECT_EQ(decoded_string(R"(\ud83d\uDE00x)"), "\xF0\x9F\x98\x80x");
    EXPECT_EQ(decoded_string(R"(\uDBFF\uDFFF)"), "\xF4\x8F\xBF\xBF");
}

TEST(JsonString, RejectsInvalidEscapes) {
    for (const char* const string :
         {"\\",
          "\\x",
          "\\U0041",
          "\\u",
          "\\u004",
          "\\u004g",
          "\\u+041",
          "\\u 041",
          "\\u-041",
          "\\u0x41",
          "\\ud800",
          "\\ud800x",
          "\\ud800\\n",
          "\\ud800\\u",
          "\\ud800\\u0041",
          "\\ud800\\ud800",
          "\\udc00",
          "\\udc00\\ud800",
          "a\nb"}) {
        EXPECT_EQ(decoded_string(string), std::nullopt) << string;
    }
}

// Each character at each distance from the blocks that are searched at once.
TEST(JsonString, IsReadBackByAnotherReader) {
    for (const std::string& character :
         {"\""s, "\\"s, "\n"s, "\0"s, "\x7F"s, "\xC2\x85"s, "\xC2\xA0"s, "\xF0\x9F\x98\x80"s}) {
        for (std::size_t before = 0; before < 40; ++before) {
            const std::string text = std::string(before, 'x') + character + "y";
            const std::string line = written(text);
            EXPECT_EQ(nlohmann::json::parse(line).get<std::string>(), text);
            EXPECT_EQ(decoded_string(std::string_view(line).substr(1, line.size() - 2)), text);
        }
    }
}

std::size_t found_in(const std::string& text, std::size_t from) {
    const char* const end = text.data() + text.size();
    return static_cast<std::size_t>(find_control_or<'"'>(text.data() + from, end) - text.data());
}

TEST(FindControlOr, FindsEachByteAtEachOffset) {
    for (std::size_t size = 0; size < 50; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            for (const char byte : {'\0', '\x1F', '"'}) {
                std::string text(size, '\xFF');
                text[at] = byte;
                EXPECT_EQ(found_in(text, 0), at);
                EXPECT_EQ(found_in(text, at), at);
                EXPECT_EQ(found_in(text, at + 1), size);
            }
        }
        EXPECT_EQ(found_in(std::string(size, ' '), 0), size);
    }
}

}  // namespace
}  // namespace telex::wire

#include "base/json_text.hpp"

#include <gtest/gtest.h>

namespace telex {
namespace {

TEST(JsonText, EscapesWhatATerminalObeys) {
    EXPECT_EQ(
        escape_json_controls("{\"a\":\"\xc2\x9b"
                             "31m\x7f\xc2\x80\"}"),
        R"({"a":"\u009b31m\u007f\u0080"})"
    );
}

TEST(JsonText, EscapesWhatTurnsOrHidesText) {
    EXPECT_EQ(
        escape_json_controls("\"\xd8\x9c\xe2\x80\x8b\xe2\x80\x8e\xe2\x80\x8f\""),
        R"("\u061c\u200b\u200e\u200f")"
    );
    EXPECT_EQ(
        escape_json_controls("\"\xe2\x80\xaa\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\xa8\""),
        R"("\u202a\u202e\u2066\u2069\u2028")"
    );
}

TEST(JsonText, EscapesManyCharacters) {
    std::string many;
    std::string escaped;
    for (int i = 0; i < 1'000'000; ++i) {
        many += "\x7f\xc2\xa0";
        escaped += "\\u007f\xc2\xa0";
    }
    EXPECT_TRUE(escape_json_controls(many) == escaped);
}

TEST(JsonText, KeepsOtherCharacters) {
    for (const char* json :
         {R"("")",
          "\"\xc2\xa0 \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xd8\x9b \xe2\x80\x8d\"",
          "\xc2",
          "\xe2\x80",
          "\xd8"}) {
        EXPECT_EQ(escape_json_controls(json), json);
    }
}

}  // namespace
}  // namespace telex

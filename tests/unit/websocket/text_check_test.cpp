#include "websocket/text_check.hpp"

#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::websocket {
namespace {

bool is_text(ByteView text, std::size_t first, std::size_t second) {
    TextCheck check;
    return check.take(text.substr(0, first)) && check.take(text.substr(first, second)) &&
           check.take(text.substr(first + second)) && check.is_complete();
}

TEST(TextCheck, AgreesWithTheWholeTextForEverySplit) {
    const std::string texts[] = {
        "",
        "plain text of more than eight bytes",
        "\u00E4\u20AC\U0001F600",
        "a\u20ACb",
        "\xC3",
        "\xE2\x82",
        "\xF0\x9F\x98",
        "\xC0\x80",
        "\xED\xA0\x80",
        "\xF4\x90\x80\x80",
        "\xE2\x82 ",
        "a\x80",
        "\xFF",
        "\xF0\x9F\x98\xC3\xA4",
        "\xE0\x80\x80",
        "\xC3\xC3",
    };
    for (const std::string& text : texts) {
        for (std::size_t first = 0; first <= text.size(); ++first) {
            for (std::size_t second = 0; first + second <= text.size(); ++second) {
                EXPECT_EQ(is_text(text, first, second), is_utf8(text)) << first << " " << second;
            }
        }
    }
}

TEST(TextCheck, BeginsAgain) {
    TextCheck check;
    EXPECT_TRUE(check.take("\xE2"));
    EXPECT_FALSE(check.is_complete());
    check.restart();
    EXPECT_TRUE(check.take("a"));
    EXPECT_TRUE(check.is_complete());
}

}  // namespace
}  // namespace telex::websocket

#include "base/utf8.hpp"

#include "support/subject_oracle.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex {
namespace {

std::string bytes_of(std::initializer_list<int> values) {
    std::string bytes;
    for (const int value : values) {
        bytes += static_cast<char>(value);
    }
    return bytes;
}

TEST(Utf8, AsciiOfEveryLengthIsText) {
    std::string text;
    for (int length = 0; length < 40; ++length) {
        EXPECT_TRUE(is_ascii(text)) << length;
        EXPECT_TRUE(is_utf8(text)) << length;
        text += '\x7F';
    }
}

TEST(Utf8, FindsAHighByteAtEveryPosition) {
    for (std::size_t length = 1; length < 40; ++length) {
        for (std::size_t place = 0; place < length; ++place) {
            std::string text(length, 'a');
            text[place] = '\x80';
            EXPECT_FALSE(is_ascii(text)) << place << " of " << length;
            EXPECT_FALSE(is_utf8(text)) << place << " of " << length;
        }
    }
}

TEST(Utf8, AcceptsACharacterAtEveryPosition) {
    for (std::size_t before = 0; before < 20; ++before) {
        for (std::size_t after = 0; after < 20; ++after) {
            const std::string text =
                std::string(before, 'a') + "\xE2\x82\xAC" + std::string(after, 'a');
            EXPECT_TRUE(is_utf8(text)) << before << " before, " << after << " after";
        }
    }
}

TEST(Utf8, RejectsATruncatedCharacter) {
    const std::string text = "price in \xF0\x9F\x92\xB6";
    EXPECT_TRUE(is_utf8(text));
    for (std::size_t missing = 1; missing <= 3; ++missing) {
        EXPECT_FALSE(is_utf8(text.substr(0, text.size() - missing))) << missing;
    }
}

TEST(Utf8, BoundariesOfRfc3629) {
    struct Case {
        std::string bytes;
        std::size_t length;
    };

    const Case cases[] = {
        {"", 0},
        {bytes_of({0x00}), 1},
        {bytes_of({0x7F}), 1},
        {bytes_of({0x80}), 0},
        {bytes_of({0xC1, 0xBF}), 0},
        {bytes_of({0xC2, 0x80}), 2},
        {bytes_of({0xDF, 0xBF}), 2},
        {bytes_of({0xE0, 0x9F, 0xBF}), 0},
        {bytes_of({0xE0, 0xA0, 0x80}), 3},
        {bytes_of({0xED, 0x9F, 0xBF}), 3},
        {bytes_of({0xED, 0xA0, 0x80}), 0},
        {bytes_of({0xEE, 0x80, 0x80}), 3},
        {bytes_of({0xEF, 0xBF, 0xBF}), 3},
        {bytes_of({0xF0, 0x8F, 0xBF, 0xBF}), 0},
        {bytes_of({0xF0, 0x90, 0x80, 0x80}), 4},
        {bytes_of({0xF4, 0x8F, 0xBF, 0xBF}), 4},
        {bytes_of({0xF4, 0x90, 0x80, 0x80}), 0},
        {bytes_of({0xF5, 0x80, 0x80, 0x80}), 0},
        {bytes_of({0xFF}), 0},
    };
    for (const Case& test : cases) {
        EXPECT_EQ(utf8_length(test.bytes), test.length) << ::testing::PrintToString(test.bytes);
    }
}

// Every one- and two-byte text, and longer ones over the bytes at which the rules change.
TEST(Utf8, AgreesWithACodePointDecoder) {
    constexpr int kEdges[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                              0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
                              0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF};
    const auto agree = [](const std::string& text) {
        return is_utf8(text) == testing::code_points(text).has_value();
    };
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            ASSERT_TRUE(agree(bytes_of({first, second}))) << first << ' ' << second;
        }
    }
    for (const int first : kEdges) {
        for (const int second : kEdges) {
            for (const int third : kEdges) {
                ASSERT_TRUE(agree(bytes_of({first, second, third})));
                for (const int fourth : kEdges) {
                    ASSERT_TRUE(agree(bytes_of({first, second, third, fourth})));
                }
            }
        }
    }
}

}  // namespace
}  // namespace telex

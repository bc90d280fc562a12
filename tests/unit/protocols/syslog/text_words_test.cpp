// Eight bytes at once give what one byte at a time gives, at every length and with every byte.
#include "protocols/syslog/text_words.hpp"

#include "protocols/syslog/byte_set.hpp"
#include "protocols/syslog/text_cursor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace telex::session::syslog {
namespace {

constexpr std::size_t kLimit = 9;
constexpr std::size_t kLongest = 26;
constexpr int kBytes = 256;

std::string all_bytes() {
    std::string bytes;
    for (int byte = 0; byte < kBytes; ++byte) {
        bytes.push_back(static_cast<char>(byte));
    }
    return bytes;
}

// A run of each length, of text that ends with it and of text that goes on behind each other byte.
template <class Run, class Belongs>
void check_runs(char filler, Run run, Belongs belongs) {
    for (std::size_t size = 0; size <= kLongest; ++size) {
        const std::string whole(size, filler);
        EXPECT_EQ(std::min(run(whole, kLimit), kLimit), std::min(size, kLimit)) << size;
        for (const char byte : all_bytes()) {
            const std::string text = whole + byte + std::string(kLongest, filler);
            const std::size_t end = belongs(byte) ? text.size() : size;
            EXPECT_EQ(std::min(run(text, kLimit), kLimit), std::min(end, kLimit))
                << size << " bytes, then " << int{byte};
        }
    }
}

TEST(TextWords, VisibleRunsEndAtBlanksAndControlCharacters) {
    check_runs('x', visible_run, is_visible);
    check_runs('\xFF', visible_run, is_visible);
}

TEST(TextWords, DigitRunsEndAtOtherBytes) {
    check_runs('0', digit_run, is_decimal);
    check_runs('9', digit_run, is_decimal);
}

// Each byte at each place of the shape, in a text that ends with the shape, and in a longer one.
template <std::size_t kSize>
void check_shape(const TextShape<kSize>& shape, std::string_view text, std::string_view form) {
    ASSERT_EQ(shape.size(), form.size());
    EXPECT_TRUE(shape.begins(text));
    EXPECT_FALSE(shape.begins(text.substr(0, text.size() - 1)));
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char byte : all_bytes()) {
            std::string other(text);
            other[at] = byte;
            const bool fits = form[at] == 'd' ? is_decimal(byte) : form[at] == byte;
            EXPECT_EQ(shape.begins(other), fits) << at << " " << int{byte};
            EXPECT_EQ(shape.begins(other + "9:9:9:9:9"), fits) << at << " " << int{byte};
        }
    }
}

TEST(TextWords, ShapesFitTheirTextOnly) {
    check_shape(TextShape("Z"), "Z", "Z");
    check_shape(TextShape("+dd:dd"), "+09:59", "+dd:dd");
    check_shape(TextShape("dd:dd:dd"), "18:33:09", "dd:dd:dd");
    check_shape(TextShape("dddd-dd-d"), "2026-11-2", "dddd-dd-d");
    check_shape(TextShape("dddd-dd-ddTdd:dd:dd"), "2026-11-29T18:33:00", "dddd-dd-ddTdd:dd:dd");
}

TEST(ByteSet, CountsBytesUpToTheFirstOther) {
    constexpr ByteSet kDigit(is_decimal);
    EXPECT_EQ(kDigit.run_in(""), 0U);
    EXPECT_EQ(kDigit.run_in("12a3"), 2U);
    EXPECT_EQ(kDigit.run_in("1234", 3), 3U);
    EXPECT_TRUE(kDigit.has_all(""));
    EXPECT_TRUE(kDigit.has_all("0129"));
    EXPECT_FALSE(kDigit.has_all("01 "));
    EXPECT_FALSE(kDigit.has('\xFF'));
}

}  // namespace
}  // namespace telex::session::syslog

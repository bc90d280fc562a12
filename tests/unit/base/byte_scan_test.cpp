#include "base/byte_scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace telex {
namespace {

// Longer than the blocks that are compared at once.
constexpr std::size_t kLongest = 140;

std::size_t expected(const std::string& input, const std::string& set, std::size_t from) {
    return std::min(input.find_first_of(set, from), input.size());
}

// Every length, every place of the byte, every beginning of the search; also with bytes behind the
// input's end, which must not be found.
void check_all_places(const std::string& set) {
    const ByteScan scan(set);
    for (std::size_t size = 0; size <= kLongest; ++size) {
        for (std::size_t place = 0; place <= size; ++place) {
            std::string bytes(size + 64, set.front());
            std::fill_n(bytes.begin(), size, '.');
            const std::string_view input = std::string_view(bytes).substr(0, size);
            if (place < size) {
                bytes[place] = set.back();
            }
            for (const std::size_t from : {std::size_t{0}, place / 2, place, place + 1}) {
                if (from <= size) {
                    ASSERT_EQ(scan.find(input, from), expected(std::string(input), set, from))
                        << size << " bytes, at " << place << ", from " << from;
                }
            }
        }
    }
}

TEST(ByteScan, FindsOneByteAtEachPlace) {
    check_all_places("\n");
    check_all_places("\xff");
}

TEST(ByteScan, FindsOneOfTwoToFour) {
    check_all_places("\r\n");
    check_all_places(",\r\n");
    check_all_places({"\0;\n\x80", 4});
}

TEST(ByteScan, FindsOneOfMoreThanAreComparedAtOnce) {
    check_all_places("abcdefg\n");
}

TEST(ByteScan, FindsTheFirst) {
    EXPECT_EQ(ByteScan(";\n").find(std::string(40, '.') + "\n;;\n", 0), 40U);
    EXPECT_EQ(ByteScan(";\n").find("..;\n", 0), 2U);
}

TEST(ByteScan, CountsARepeatedByteOnce) {
    EXPECT_TRUE(ByteScan("\n\n").has_one_byte());
    EXPECT_FALSE(ByteScan("\n;\n").has_one_byte());
}

TEST(ByteScan, EndsAtTheEnd) {
    EXPECT_EQ(ByteScan("x").find("", 0), 0U);
    EXPECT_EQ(ByteScan("x").find("abc", 3), 3U);
    EXPECT_EQ(ByteScan("xy").find("abc", 3), 3U);
}

}  // namespace
}  // namespace telex

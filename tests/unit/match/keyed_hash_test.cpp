#include "match/keyed_hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

namespace telex::match {
namespace {

TEST(KeyedHash, DependsOnTheSeed) {
    EXPECT_EQ(KeyedHash(1)("orders"), KeyedHash(1)("orders"));
    EXPECT_NE(KeyedHash(1)("orders"), KeyedHash(2)("orders"));
}

TEST(KeyedHash, TellsApartEveryLengthAndEveryByte) {
    const KeyedHash hash(7);
    std::unordered_set<std::uint64_t> seen;
    std::size_t strings = 0;
    for (std::size_t length = 0; length <= 100; ++length) {
        const std::string zeros(length, '\0');
        seen.insert(hash(zeros));
        ++strings;
        for (std::size_t at = 0; at < length; ++at) {
            std::string one = zeros;
            one[at] = '\1';
            seen.insert(hash(one));
            ++strings;
        }
    }
    EXPECT_EQ(seen.size(), strings);
}

TEST(KeyedHash, SpreadsCountingTokensOverTheUpperBits) {
    const KeyedHash hash(3);
    for (const std::size_t width : {1U, 8U, 17U, 40U}) {
        std::vector<int> bins(64);
        for (int i = 0; i < 64'000; ++i) {
            std::string token = std::to_string(i);
            token.insert(0, width, 'x');
            ++bins[hash.combine(hash(token), 2) >> 58];
        }
        // 1,000 are expected in each; 200 is more than six standard deviations off.
        EXPECT_GT(*std::min_element(bins.begin(), bins.end()), 800);
        EXPECT_LT(*std::max_element(bins.begin(), bins.end()), 1200);
    }
}

TEST(KeyedHash, TellsApartParentsOfOneToken) {
    const KeyedHash hash(5);
    std::unordered_set<std::uint64_t> seen;
    for (std::uint32_t parent = 0; parent < 100'000; ++parent) {
        seen.insert(hash.combine(hash("value"), parent) >> 16);
    }
    EXPECT_GE(seen.size(), 99'990U);
}

}  // namespace
}  // namespace telex::match

#include "base/short_bytes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex {
namespace {

TEST(SameBytes, DetectsEveryDifferentByte) {
    for (std::size_t size = 0; size < 70; ++size) {
        const std::string one(size, 'x');
        EXPECT_TRUE(same_bytes(one, std::string(size, 'x')));
        EXPECT_FALSE(same_bytes(one, one + 'x'));
        for (std::size_t at = 0; at < size; ++at) {
            std::string other = one;
            other[at] = 'y';
            EXPECT_FALSE(same_bytes(one, other)) << size << " " << at;
        }
    }
}

TEST(CopyTo, CopiesExactlyTheBytes) {
    for (std::size_t size = 0; size < 70; ++size) {
        std::string from;
        for (std::size_t i = 0; i < size; ++i) {
            from += static_cast<char>('A' + i % 50);
        }
        std::string out(size + 2, '!');
        EXPECT_EQ(copy_to(out.data() + 1, from), out.data() + 1 + size);
        EXPECT_EQ(out, "!" + from + "!") << size;
    }
}

}  // namespace
}  // namespace telex

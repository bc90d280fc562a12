#include "base/copy.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex {
namespace {

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

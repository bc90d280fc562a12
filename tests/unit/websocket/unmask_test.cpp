#include "websocket/unmask.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::websocket {
namespace {

TEST(Mask, IsRemovedForEverySizeSplitAndDistance) {
    const Mask::Bytes mask = {'\x12', '\xF4', '\x56', '\x78'};
    for (std::size_t size = 0; size <= 40; ++size) {
        std::string plain(size, '\0');
        std::string masked(size, '\0');
        for (std::size_t i = 0; i < size; ++i) {
            plain[i] = static_cast<char>(7 * i);
            masked[i] = static_cast<char>(plain[i] ^ mask[i % mask.size()]);
        }
        for (std::size_t split = 0; split <= size; ++split) {
            for (std::size_t distance = 0; distance <= 14; ++distance) {
                std::string buffer(distance, '.');
                buffer += masked;
                Mask one;
                one.assign(mask);
                one.remove(buffer.data() + distance, buffer.data(), split);
                one.remove(buffer.data() + distance + split, buffer.data() + split, size - split);
                ASSERT_EQ(buffer.substr(0, size), plain) << size << " " << split << " " << distance;
            }
        }
    }
}

}  // namespace
}  // namespace telex::websocket

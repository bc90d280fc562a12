#include "unit/client/support.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace telex::test {
namespace {

TEST(PayloadView, ConvertsFromTextAndOctets) {
    EXPECT_EQ(PayloadView("text").octets(), "text");
    EXPECT_EQ(PayloadView(std::string("a\0b", 3)).octets().size(), 3U);
    const std::vector<std::byte> vector{std::byte{0}, std::byte{0xff}};
    EXPECT_EQ(PayloadView(vector).octets(), std::string_view("\0\xff", 2));
    const std::array<std::byte, 1> array{std::byte{'x'}};
    EXPECT_EQ(PayloadView(array).octets(), "x");
    EXPECT_EQ(PayloadView(std::span<const std::byte>()).octets(), "");
    const std::vector<int> numbers(2);
    EXPECT_EQ(PayloadView(std::as_bytes(std::span(numbers))).octets().size(), 2 * sizeof(int));
    static_assert(!std::is_convertible_v<std::vector<int>, PayloadView>);
}

TEST(PayloadView, OfOctetsIsSentUnchanged) {
    Pair pair;
    const std::vector<std::byte> payload{std::byte{0}, std::byte{0xff}, std::byte{'\n'}};
    ASSERT_TRUE(pair.client->publish("a", payload));
    EXPECT_EQ(pair.peer.read().message().payload(), std::string("\0\xff\n", 3));
}

TEST(Message, PayloadIsAvailableAsOctets) {
    Message message;
    message.payload = std::string("\xff", 1);
    ASSERT_EQ(message.payload_bytes().size(), 1U);
    EXPECT_EQ(message.payload_bytes()[0], std::byte{0xff});
}

}  // namespace
}  // namespace telex::test

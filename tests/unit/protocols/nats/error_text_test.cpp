// The texts of -ERR that repeat a client's bytes.
#include "protocols/nats/error_text.hpp"

#include <gmock/gmock.h>

#include <string>

namespace telex::session::nats {
namespace {

constexpr std::string_view kLongestAddition = ", too many subscriptions";

TEST(ErrorText, FitsIntoTheBuffersOfClients) {
    for (const char byte : {'a', '\'', '\x01', '\xff'}) {
        const std::string text(5000, byte);
        EXPECT_LE(publish_violation(text).size() + kLongestAddition.size(), kMaxErrorText);
        EXPECT_LE(subscribe_violation(text, "").size() + kLongestAddition.size(), kMaxErrorText);
        EXPECT_LE(subscribe_violation(text, text).size() + kLongestAddition.size(), kMaxErrorText);
        EXPECT_LE(other_violation(text).size(), kMaxErrorText);
    }
}

TEST(ErrorText, EndsNoLineAndNoQuotation) {
    EXPECT_EQ(
        subscribe_violation("a\"b'c\r\n", "q\"'"),
        "Permissions Violation for Subscription to \"a\\x22b\\x27c\\x0d\\x0a\" using queue "
        "\"q\\x22\\x27\""
    );
}

}  // namespace
}  // namespace telex::session::nats

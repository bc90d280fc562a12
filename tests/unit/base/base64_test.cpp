#include "base/base64.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace telex {
namespace {

std::optional<std::string> decoded(std::string_view text) {
    std::string out(text.size() / 4 * 3, '\0');
    char* const end = decode_base64(text, out.data());
    if (end == nullptr) {
        return std::nullopt;
    }
    out.resize(static_cast<std::size_t>(end - out.data()));
    return out;
}

TEST(Base64, MatchesRfc4648) {
    EXPECT_EQ(to_base64(""), "");
    EXPECT_EQ(to_base64("f"), "Zg==");
    EXPECT_EQ(to_base64("fo"), "Zm8=");
    EXPECT_EQ(to_base64("foo"), "Zm9v");
    EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
    EXPECT_EQ(to_base64("fooba"), "Zm9vYmE=");
    EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(to_base64("\xFF\xFE\xFD"), "//79");
}

TEST(Base64, IsAppended) {
    std::string out = "x";
    append_base64(out, "f");
    EXPECT_EQ(out, "xZg==");
}

TEST(Base64, IsReadBack) {
    std::string bytes;
    for (unsigned size = 0; size < 600; ++size) {
        EXPECT_EQ(decoded(to_base64(bytes)), bytes);
        bytes += static_cast<char>(size * 31U);
    }
}

TEST(Base64, ReadsOnlyWhatItWrites) {
    for (const char* const text :
         {"Z",
          "Zg",
          "Zg=",
          "Zg===",
          "Zh==",
          "Zm9=",
          "=g==",
          "Z===",
          "====",
          "Zg==Zg==",
          "Zg=A",
          "Zm9v\n",
          " Zm9",
          "-_79",
          "Zm9vZ",
          "\xFF\xFF\xFF\xFF"}) {
        EXPECT_EQ(decoded(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace telex

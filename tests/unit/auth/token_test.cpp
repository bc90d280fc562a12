#include "auth/token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace telex::auth {
namespace {

TEST(Token, IsNeverTheSame) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string token = make_token();
        EXPECT_TRUE(token.starts_with("telex_"));
        EXPECT_EQ(token.size(), 6U + 43U);
        EXPECT_TRUE(seen.insert(token).second);
    }
}

// FIPS 180-4, the example of one block.
TEST(Digest, IsSha256) {
    EXPECT_EQ(
        to_text("sha256", digest_of("abc")),
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

TEST(Digest, ComparesEveryBit) {
    const Digest digest = digest_of("abc");
    EXPECT_TRUE(same_digest(digest, digest_of("abc")));
    for (std::size_t bit = 0; bit < 8 * digest.size(); ++bit) {
        Digest other = digest;
        other[bit / 8] ^= static_cast<unsigned char>(1U << bit % 8);
        EXPECT_FALSE(same_digest(digest, other)) << bit;
    }
}

TEST(Text, RoundTrips) {
    const Digest digest = digest_of("x");
    Digest read{};
    EXPECT_EQ(from_text("sha256", to_text("sha256", digest), read), std::nullopt);
    EXPECT_EQ(read, digest);
}

TEST(Text, RejectsInvalidText) {
    const std::string good = to_text("sha256", digest_of("x"));
    Digest read{};
    EXPECT_NE(from_text("ed25519", good, read), std::nullopt);
    EXPECT_NE(from_text("sha256", "", read), std::nullopt);
    EXPECT_NE(from_text("sha256", good + "0", read), std::nullopt);
    EXPECT_NE(from_text("sha256", good + "00", read), std::nullopt);
    EXPECT_NE(from_text("sha256", good.substr(0, good.size() - 2), read), std::nullopt);
    for (std::size_t i = 7; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = 'g';
        EXPECT_NE(from_text("sha256", bad, read), std::nullopt) << i;
    }
}

TEST(Key, OfLowOrderIsNotSafe) {
    EXPECT_FALSE(is_safe_key({})) << "order 4";
    EXPECT_FALSE(is_safe_key({1})) << "order 1";
    // RFC 8032, 7.1, the key of the first test.
    EXPECT_TRUE(is_safe_key({0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
                             0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
                             0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a}));
}

}  // namespace
}  // namespace telex::auth

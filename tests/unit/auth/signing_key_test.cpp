#include "auth/signing_key.hpp"

#include "auth/nkey.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::auth {
namespace {

using ::testing::HasSubstr;

class KeyFile : public ::testing::Test {
protected:
    std::string write(std::string_view text) const { return folder_.write("key.pem", text); }

    std::string path() const { return folder_.path("key.pem"); }

    const test::TemporaryFolder folder_;
};

TEST(SigningKey, SignatureVerifiesWithItsPublicKey) {
    const SigningKey key = SigningKey::generate();
    const SigningKey other = SigningKey::generate();
    const std::string signature = key.sign("statement");
    EXPECT_EQ(signature.size(), 64U);
    EXPECT_TRUE(signature_fits(key.public_key(), "statement", signature));
    EXPECT_FALSE(signature_fits(other.public_key(), "statement", signature));
    EXPECT_FALSE(signature_fits(key.public_key(), "statemenT", signature));
    EXPECT_FALSE(signature_fits(key.public_key(), "statement", ""));
    EXPECT_FALSE(signature_fits(key.public_key(), "statement", signature.substr(1)));
    for (std::size_t bit = 0; bit < 8 * signature.size(); bit += 7) {
        std::string bad = signature;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
        EXPECT_FALSE(signature_fits(key.public_key(), "statement", bad)) << bit;
    }
}

// RFC 8032, 7.1, the first test: nothing is signed.
TEST(SigningKey, MatchesRfc8032) {
    const PublicKey key{0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
                        0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
                        0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};
    const std::string_view signature(
        "\xe5\x56\x43\x00\xc3\x60\xac\x72\x90\x86\xe2\xcc\x80\x6e\x82\x8a"
        "\x84\x87\x7f\x1e\xb8\xe5\xd9\x74\xd8\x73\xe0\x65\x22\x49\x01\x55"
        "\x5f\xb8\x82\x15\x90\xa3\x3b\xac\xc6\x1e\x39\x70\x1c\xf9\xb4\x6b"
        "\xd2\x5b\xf5\xf0\x59\x5b\xbe\x24\x65\x51\x41\x43\x8e\x7a\x10\x0b",
        64
    );
    EXPECT_TRUE(signature_fits(key, "", signature));
}

TEST_F(KeyFile, RoundTrips) {
    const SigningKey key = SigningKey::generate();
    const auto read = SigningKey::read(write(key.pem()));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->public_key(), key.public_key());
}

// With or without a line end, as other programs of NATS write it.
TEST_F(KeyFile, MayHoldASeedOfNats) {
    const SigningKey key = SigningKey::generate();
    for (const char* end : {"", "\n", "\r\n"}) {
        const auto read = SigningKey::read(write(to_nkey_seed(key) + end));
        ASSERT_TRUE(read) << read.error();
        EXPECT_EQ(read->public_key(), key.public_key());
    }
}

TEST_F(KeyFile, NamesAFileWithADamagedSeed) {
    std::string seed = to_nkey_seed(SigningKey::generate());
    EXPECT_THAT(
        SigningKey::read(write(seed.substr(1) + "\n")).error(), HasSubstr("has no private key")
    );
    seed[20] = seed[20] == 'A' ? 'B' : 'A';
    EXPECT_THAT(
        SigningKey::read(write(seed + "\n")).error(), HasSubstr(path() + ": the seed is damaged")
    );
}

TEST(SigningKey, MadeOfASeedIsTheSame) {
    const SigningKey key = SigningKey::generate();
    EXPECT_EQ(SigningKey::from_seed(key.seed()).pem(), key.pem());
}

TEST_F(KeyFile, NamesAnInvalidFile) {
    EXPECT_THAT(SigningKey::read(path()).error(), HasSubstr(path() + ": No such file"));
    EXPECT_THAT(SigningKey::read(write("")).error(), HasSubstr("has no private key"));
    const std::string pem = SigningKey::generate().pem();
    EXPECT_THAT(
        SigningKey::read(write(pem.substr(0, pem.size() / 2))).error(),
        HasSubstr("has no private key")
    );
}

// openssl genpkey -algorithm x25519
TEST_F(KeyFile, NamesAFileOfAnotherKind) {
    EXPECT_THAT(
        SigningKey::read(write("-----BEGIN PRIVATE KEY-----\n"
                               "MC4CAQAwBQYDK2VuBCIEIMDeX8ZrRJ0fK9z8Q1c2o1nZbmV0d29ya2tleWFiY2Rl\n"
                               "-----END PRIVATE KEY-----\n"))
            .error(),
        HasSubstr("not of type Ed25519")
    );
}

TEST(ChallengeStatement, ContainsNonceAndBinding) {
    EXPECT_EQ(
        challenge_statement("nonce", "binding"), std::string("telex.v1.Challenge\0noncebinding", 31)
    );
}

}  // namespace
}  // namespace telex::auth

#include "auth/nkey.hpp"

#include "base/base64.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>

namespace telex::auth {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

// Of the seed whose bytes are 0, 1, 2 … 31, as written and signed by github.com/nats-io/nkeys.
constexpr std::string_view kVectorSeed =
    "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y";
constexpr std::string_view kVectorKey = "UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK";
constexpr std::string_view kVectorNonce = "WHsI_VWsXF8XaFc";
constexpr std::string_view kVectorSignature =
    "o0+yismV7iJ+RsVtJHX9TbQ3lyhKKHW1Ii6McG7t0hvKIPD5UKNMyCLAkCgBfmaeikxolqoc6qsMENNznKtFBA==";

SigningKey::Seed vector_seed() {
    SigningKey::Seed seed{};
    std::iota(seed.begin(), seed.end(), static_cast<unsigned char>(0));
    return seed;
}

bool is_nkey(std::string_view text) {
    PublicKey key{};
    return !from_nkey(text, key);
}

bool is_seed(std::string_view text) {
    return from_nkey_seed(text).has_value();
}

bool is_signature(std::string_view text) {
    return from_nkey_signature(text).has_value();
}

// Calls `accepts` with every text that differs from `good` in one character, lacks one or has one
// more, or has two neighbours exchanged. Returns the first that is accepted.
template <class Accepts>
std::string accepted_damage(const std::string& good, Accepts accepts) {
    for (std::size_t at = 0; at <= good.size(); ++at) {
        for (int value = 0; value < 256; ++value) {
            const char byte = static_cast<char>(value);
            std::string changed = good;
            changed.insert(at, 1, byte);
            if (accepts(changed)) {
                return changed;
            }
            if (at < good.size() && good[at] != byte) {
                changed = good;
                changed[at] = byte;
                if (accepts(changed)) {
                    return changed;
                }
            }
        }
        const std::string cut = std::string(good).erase(std::min(at, good.size() - 1), 1);
        std::string swapped = good;
        if (at + 1 < good.size()) {
            std::swap(swapped[at], swapped[at + 1]);
        }
        if (accepts(cut) || accepts(good.substr(0, at).substr(0, good.size() - 1))) {
            return cut;
        }
        if (swapped != good && accepts(swapped)) {
            return swapped;
        }
    }
    return "";
}

std::string in_base64url(std::string_view base64) {
    std::string text(base64.substr(0, base64.find('=')));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

TEST(Nkey, IsThatOfTheNkeysLibrary) {
    const SigningKey key = SigningKey::from_seed(vector_seed());
    EXPECT_EQ(to_nkey(key.public_key()), kVectorKey);
    PublicKey read{};
    EXPECT_EQ(from_nkey(kVectorKey, read), std::nullopt);
    EXPECT_EQ(read, key.public_key());
}

TEST(Nkey, RoundTrips) {
    for (int i = 0; i < 100; ++i) {
        const SigningKey key = SigningKey::generate();
        PublicKey read{};
        ASSERT_EQ(from_nkey(to_nkey(key.public_key()), read), std::nullopt);
        ASSERT_EQ(read, key.public_key());
    }
}

TEST(Nkey, EveryDamageIsDetected) {
    EXPECT_EQ(accepted_damage(std::string(kVectorKey), is_nkey), "");
    EXPECT_EQ(accepted_damage(to_nkey({}), is_nkey), "");
}

TEST(Nkey, ErrorsSayWhatIsExpected) {
    PublicKey key{};
    EXPECT_THAT(from_nkey("", key), Optional(HasSubstr("must have 56 characters")));
    EXPECT_THAT(from_nkey(kVectorSeed, key), Optional(HasSubstr("is a seed")));
    // Of an account, by the nkeys library, from the same seed.
    EXPECT_THAT(
        from_nkey("AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV", key),
        Optional(HasSubstr("not that of a user"))
    );
    std::string damaged(kVectorKey);
    damaged[20] = damaged[20] == 'A' ? 'B' : 'A';
    EXPECT_THAT(from_nkey(damaged, key), Optional(HasSubstr("damaged")));
}

TEST(NkeySeed, IsThatOfTheNkeysLibrary) {
    const auto key = from_nkey_seed(kVectorSeed);
    ASSERT_TRUE(key) << key.error();
    EXPECT_EQ(key->seed(), vector_seed());
    EXPECT_EQ(to_nkey_seed(*key), kVectorSeed);
}

TEST(NkeySeed, RoundTrips) {
    for (int i = 0; i < 100; ++i) {
        const SigningKey key = SigningKey::generate();
        const auto read = from_nkey_seed(to_nkey_seed(key));
        ASSERT_TRUE(read) << read.error();
        ASSERT_EQ(read->public_key(), key.public_key());
    }
}

TEST(NkeySeed, EveryDamageIsDetected) {
    EXPECT_EQ(accepted_damage(std::string(kVectorSeed), is_seed), "");
}

TEST(NkeySeed, ErrorsSayWhatIsExpected) {
    EXPECT_THAT(from_nkey_seed("").error(), HasSubstr("58 characters"));
    EXPECT_THAT(from_nkey_seed(kVectorKey).error(), HasSubstr("58 characters"));
    // Of an account, by the nkeys library.
    EXPECT_THAT(
        from_nkey_seed("SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI").error(),
        HasSubstr("not that of a user")
    );
    std::string damaged(kVectorSeed);
    damaged[20] = damaged[20] == 'A' ? 'B' : 'A';
    EXPECT_THAT(from_nkey_seed(damaged).error(), HasSubstr("damaged"));
    EXPECT_EQ(from_nkey_seed(damaged).error().find(damaged), std::string::npos);
}

TEST(NkeySeed, IsRecognizedByItsForm) {
    EXPECT_TRUE(looks_like_nkey_seed(kVectorSeed));
    std::string damaged(kVectorSeed);
    damaged.back() = 'A';
    EXPECT_TRUE(looks_like_nkey_seed(damaged));
    EXPECT_FALSE(looks_like_nkey_seed(kVectorSeed.substr(1)));
    EXPECT_FALSE(looks_like_nkey_seed(kVectorKey));
    EXPECT_FALSE(looks_like_nkey_seed("SU" + std::string(56, 'a')));
}

TEST(NkeySignature, IsTakenInBothVariantsOfBase64) {
    const SigningKey key = SigningKey::from_seed(vector_seed());
    const std::string signature = key.sign(kVectorNonce);
    EXPECT_EQ(to_base64(signature), kVectorSignature) << "as the nkeys library signs";
    EXPECT_THAT(from_nkey_signature(kVectorSignature), Optional(signature));
    EXPECT_THAT(from_nkey_signature(in_base64url(kVectorSignature)), Optional(signature));
}

TEST(NkeySignature, IsNotTakenInAnotherForm) {
    const std::string url = in_base64url(kVectorSignature);
    EXPECT_FALSE(is_signature(""));
    EXPECT_FALSE(is_signature(url + "==")) << "padded base64url";
    EXPECT_FALSE(is_signature(kVectorSignature.substr(0, url.size()))) << "not padded";
    EXPECT_FALSE(is_signature(url.substr(0, 84))) << "63 bytes";
    EXPECT_FALSE(is_signature(url + "AAAA")) << "67 bytes";
    EXPECT_FALSE(is_signature(std::string(kVectorSignature) + " "));
    EXPECT_FALSE(is_signature(std::string(kVectorSignature) + '\0'));
    std::string spare = url;
    spare.back() = 'B';  // bits that no byte uses
    EXPECT_FALSE(is_signature(spare));
}

TEST(NkeyNonce, IsBase64Url) {
    EXPECT_EQ(nkey_nonce(""), "");
    EXPECT_EQ(nkey_nonce("\xFB\xFF"), "-_8");
    EXPECT_EQ(nkey_nonce(std::string(32, '\0')), std::string(43, 'A'));
}

}  // namespace
}  // namespace telex::auth

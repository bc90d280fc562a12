#include "auth/nkey.hpp"

#include "unit/auth/nkey_vector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace telex::auth {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

// Of the seed whose bytes are 0, 1, 2 … 31, as written and signed by github.com/nats-io/nkeys.
constexpr std::string_view kVectorSeed =
    "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y";
constexpr std::string_view kVectorKey = "UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK";

bool is_nkey(std::string_view text) {
    PublicKey key{};
    return !from_nkey(text, key);
}

bool is_seed(std::string_view text) {
    return from_nkey_seed(text).has_value();
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

}  // namespace
}  // namespace telex::auth

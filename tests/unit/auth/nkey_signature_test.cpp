#include "auth/nkey_signature.hpp"

#include "base/base64.hpp"
#include "unit/auth/nkey_vector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace telex::auth {
namespace {

using ::testing::Optional;

// By github.com/nats-io/nkeys, with the seed of nkey_vector.hpp.
constexpr std::string_view kVectorNonce = "WHsI_VWsXF8XaFc";
constexpr std::string_view kVectorSignature =
    "o0+yismV7iJ+RsVtJHX9TbQ3lyhKKHW1Ii6McG7t0hvKIPD5UKNMyCLAkCgBfmaeikxolqoc6qsMENNznKtFBA==";

bool is_signature(std::string_view text) {
    return from_nkey_signature(text).has_value();
}

std::string in_base64url(std::string_view base64) {
    std::string text(base64.substr(0, base64.find('=')));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
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

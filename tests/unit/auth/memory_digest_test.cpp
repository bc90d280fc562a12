#include "auth/memory_digest.hpp"

#include "auth/password_hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::auth {
namespace {

TEST(MemoryDigest, FitsItsPasswordOnly) {
    const std::string digest = memory_digest("secret");
    EXPECT_TRUE(is_memory_digest(digest));
    EXPECT_TRUE(fits_memory_digest(digest, "secret"));
    EXPECT_FALSE(fits_memory_digest(digest, "Secret"));
    EXPECT_FALSE(fits_memory_digest(digest, ""));
    EXPECT_EQ(memory_digest("secret"), digest) << "a reload must recognize it";
    EXPECT_EQ(digest.find("secret"), std::string::npos);
}

TEST(MemoryDigest, OtherTextsFitNothing) {
    const std::string digest = memory_digest("secret");
    for (std::size_t size = 0; size < digest.size(); ++size) {
        EXPECT_FALSE(fits_memory_digest(digest.substr(0, size), "secret")) << size;
    }
    EXPECT_FALSE(is_memory_digest(digest + "0"));
    EXPECT_FALSE(is_memory_digest("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"));
}

TEST(MemoryDigest, IsCheckedAsAPassword) {
    const std::string digest = memory_digest("secret");
    EXPECT_TRUE(password_fits(digest, "secret"));
    EXPECT_FALSE(password_fits(digest, "other"));
    EXPECT_FALSE(password_fits(memory_digest(std::string(2'000, 'x')), std::string(2'000, 'x')));
}

TEST(MemoryDigest, IsNoHashForAFile) {
    EXPECT_NE(fault_of_hash(memory_digest("secret")), std::nullopt);
}

}  // namespace
}  // namespace telex::auth

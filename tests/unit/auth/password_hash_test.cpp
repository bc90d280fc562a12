#include "auth/password_hash.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace telex::auth {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

// Made by the reference program: echo -n secret | argon2 saltsaltsalt -id -t 1 -k 1024 -p 1 -e
const std::string kOfSecret =
    "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0$GMv1V/a9uBNqF+93SqBH3JLZiqfe1V1xP9SfOSAqqRE";

TEST(PasswordHash, VerifiesHashesOfOtherPrograms) {
    EXPECT_TRUE(password_fits(kOfSecret, "secret"));
    EXPECT_FALSE(password_fits(kOfSecret, "secreT"));
    EXPECT_FALSE(password_fits(kOfSecret, ""));
    EXPECT_FALSE(password_fits(kOfSecret, std::string("secret\0", 7)));
}

TEST(PasswordHash, HasARandomSalt) {
    const std::string one = hash_password("the same");
    const std::string other = hash_password("the same");
    EXPECT_NE(one, other);
    EXPECT_TRUE(password_fits(one, "the same"));
    EXPECT_TRUE(password_fits(other, "the same"));
    EXPECT_FALSE(password_fits(one, "another"));
    EXPECT_EQ(fault_of_hash(one), std::nullopt) << "what is made can be used";
}

TEST(PasswordHash, UsesAllOfALongPassword) {
    const std::string longest(kMaxPasswordBytes, 'x');
    const std::string hash = hash_password(longest);
    EXPECT_TRUE(password_fits(hash, longest));
    EXPECT_FALSE(password_fits(hash, longest.substr(1)));
    EXPECT_FALSE(password_fits(hash, longest + "x")) << "refused, not cut";
}

TEST(PasswordHash, InvalidHashMatchesNothing) {
    for (const std::string hash : {"", "secret", "$argon2id$", "$1$abc$def"}) {
        EXPECT_FALSE(password_fits(hash, "secret")) << hash;
        EXPECT_FALSE(password_fits(hash, hash)) << hash;
    }
    EXPECT_FALSE(password_fits(kOfSecret + std::string(500, 'x'), "secret"));
}

TEST(FaultOfHash, RejectsOtherText) {
    EXPECT_EQ(fault_of_hash(kOfSecret), std::nullopt);
    for (const std::string text :
         {"",
          "secret",
          "$argon2i$v=19$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0$aaaa",
          "$argon2id$v=16$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0$aaaa",
          "$6$rounds=5000$salt$hash"}) {
        EXPECT_THAT(fault_of_hash(text), Optional(HasSubstr("not a password hash"))) << text;
    }
}

// Every part of it is needed, and nothing may follow.
TEST(FaultOfHash, DetectsTruncationAndChanges) {
    for (std::size_t length = 15; length + 22 < kOfSecret.size(); ++length) {
        EXPECT_NE(fault_of_hash(kOfSecret.substr(0, length)), std::nullopt) << length;
    }
    EXPECT_NE(fault_of_hash(kOfSecret + "="), std::nullopt);
    EXPECT_NE(fault_of_hash(kOfSecret + "$x"), std::nullopt);
    EXPECT_NE(fault_of_hash(kOfSecret + " "), std::nullopt);
    EXPECT_NE(fault_of_hash(kOfSecret + std::string(100, 'x')), std::nullopt);
}

std::string with_costs(const std::string& costs) {
    return "$argon2id$v=19$" + costs + "$c2FsdHNhbHRzYWx0$JZPHBcU4SIq+eaQ3mOKWrXVYyTKGMMWROOmz2Qo";
}

TEST(FaultOfHash, RejectsExpensiveParameters) {
    EXPECT_EQ(fault_of_hash(with_costs("m=262144,t=10,p=1")), std::nullopt);
    EXPECT_NE(fault_of_hash(with_costs("m=262145,t=1,p=1")), std::nullopt);
    EXPECT_NE(fault_of_hash(with_costs("m=1024,t=11,p=1")), std::nullopt);
    EXPECT_NE(fault_of_hash(with_costs("m=1023,t=1,p=1")), std::nullopt);
    EXPECT_NE(fault_of_hash(with_costs("m=1024,t=0,p=1")), std::nullopt);
    EXPECT_NE(fault_of_hash(with_costs("m=1024,t=1,p=2")), std::nullopt);
    EXPECT_NE(fault_of_hash(with_costs("m=99999999999,t=1,p=1")), std::nullopt);
    EXPECT_NE(fault_of_hash(with_costs("m=-1,t=1,p=1")), std::nullopt);
}

}  // namespace
}  // namespace telex::auth

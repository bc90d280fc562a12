#include "auth/wipe.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace telex::auth {
namespace {

TEST(Wipe, LeavesNothing) {
    std::string secret = "correct horse battery staple";
    const char* const bytes = secret.data();
    const std::size_t size = secret.size();
    wipe(secret);
    EXPECT_TRUE(secret.empty());
    EXPECT_EQ(std::string(bytes, size), std::string(size, '\0')) << "the string keeps its memory";
}

}  // namespace
}  // namespace telex::auth

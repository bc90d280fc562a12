#include "exchange/secrets.hpp"

#include <gtest/gtest.h>

#include <set>

namespace telex::exchange {
namespace {

TEST(Secrets, NeverRepeatOverSeveralFetches) {
    Secrets one;
    Secrets other;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 100; ++i) {
        seen.insert(one.next());
        seen.insert(other.next());
    }
    EXPECT_EQ(seen.size(), 200U);
}

}  // namespace
}  // namespace telex::exchange

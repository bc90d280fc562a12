#include "session/close_reason.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace telex::session {
namespace {

TEST(CloseReasons, HaveDistinctNames) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kCloseReasons; ++i) {
        names.insert(name_of(static_cast<CloseReason>(i)));
    }
    EXPECT_EQ(names.size(), kCloseReasons);
    EXPECT_EQ(names.count(""), 0U);
    EXPECT_EQ(name_of(CloseReason::slow_consumer), "slow_consumer");
}

}  // namespace
}  // namespace telex::session

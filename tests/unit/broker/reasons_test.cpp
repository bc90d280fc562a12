#include "broker/close_reason.hpp"
#include "broker/drop_reason.hpp"
#include "broker/send_result.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace telex::broker {
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

TEST(DropReasons, HaveDistinctNames) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kDropReasons; ++i) {
        names.insert(name_of(static_cast<DropReason>(i)));
    }
    EXPECT_EQ(names.size(), kDropReasons);
    EXPECT_FALSE(names.contains(""));
    EXPECT_EQ(name_of(DropReason::not_permitted), "not_permitted") << "the last one";
}

TEST(SendFaults, TellARequesterWhyItsReplyIsMissing) {
    EXPECT_EQ(code_of_unsent_reply({DropReason::too_large}), v1::ANSWER_TOO_LARGE);
    EXPECT_EQ(code_of_unsent_reply({DropReason::amplification}), v1::ANSWER_TOO_LARGE);
    EXPECT_EQ(code_of_unsent_reply({DropReason::not_encodable}), v1::INTERNAL);
}

TEST(SendFaults, CountAFrameThatIsTooLargeAsSuch) {
    EXPECT_EQ(reason_of(codec::FrameError::too_large), DropReason::too_large);
    EXPECT_EQ(reason_of(codec::FrameError::bad_length), DropReason::not_encodable);
}

}  // namespace
}  // namespace telex::broker

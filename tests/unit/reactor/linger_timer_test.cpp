#include "reactor/linger_timer.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <chrono>

namespace telex::reactor {
namespace {

constexpr std::chrono::milliseconds kEver{-1};
constexpr std::chrono::milliseconds kNoTime{0};

struct Other final : Pollable {
    void on_ready(std::uint32_t /*events*/) override {}

    net::UniqueFd fd{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
};

TEST(LingerTimer, EndsEachWait) {
    Poller poller;
    LingerTimer timer(poller);
    for (int i = 0; i < 3; ++i) {
        timer.set();
        EXPECT_EQ(poller.wait(kEver), 1);
        EXPECT_TRUE(poller.has_only(timer));
        poller.handle();
    }
}

TEST(LingerTimer, IsNotTheOnlyEventBesideAnother) {
    Poller poller;
    LingerTimer timer(poller);
    Other other;
    timer.set();
    EXPECT_EQ(poller.wait(kEver), 1);
    ASSERT_TRUE(poller.add(other.fd.get(), other));
    EXPECT_EQ(poller.wait(kNoTime), 1);
    EXPECT_FALSE(poller.has_only(timer));
    EXPECT_TRUE(poller.has_only(other));
    poller.handle();
    EXPECT_FALSE(poller.has_only(other));
}

// Set for two lingers, it is good for all waits that begin in the first one.
TEST(LingerTimer, IsSetAgainWhenLessThanALingerIsLeft) {
    constexpr TimePoint::duration kLinger = LingerTimer::kLinger;
    Poller poller;
    LingerTimer timer(poller);
    const TimePoint begin = Clock::now();
    EXPECT_TRUE(timer.set_at(begin));
    EXPECT_FALSE(timer.set_at(begin));
    EXPECT_FALSE(timer.set_at(begin + kLinger));
    EXPECT_TRUE(timer.set_at(begin + kLinger + TimePoint::duration(1)));
    EXPECT_FALSE(timer.set_at(begin + 2 * kLinger));
}

}  // namespace
}  // namespace telex::reactor

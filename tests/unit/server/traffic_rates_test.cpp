#include "server/connection/traffic_rates.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace telex::server {
namespace {

using std::chrono::milliseconds;

class TrafficRatesTest : public ::testing::Test {
protected:
    TimePoint began_{milliseconds(1'000)};
    TrafficRates rates_{began_};
};

TEST_F(TrafficRatesTest, AreNothingAtFirst) {
    EXPECT_EQ(rates_.received(), 0U);
    EXPECT_EQ(rates_.sent(), 0U);
}

TEST_F(TrafficRatesTest, AreThoseOfTheLastTime) {
    rates_.sample(began_ + milliseconds(1'000), 1'000, 50);
    EXPECT_EQ(rates_.received(), 1'000U);
    EXPECT_EQ(rates_.sent(), 50U);
    rates_.sample(began_ + milliseconds(3'000), 1'500, 50);
    EXPECT_EQ(rates_.received(), 250U) << "in two seconds";
    EXPECT_EQ(rates_.sent(), 0U);
}

TEST_F(TrafficRatesTest, AreNotThoseOfAMoment) {
    rates_.sample(began_ + milliseconds(1), 1'000, 0);
    EXPECT_EQ(rates_.received(), 0U);
    rates_.sample(began_ + milliseconds(500), 1'000, 0);
    EXPECT_EQ(rates_.received(), 2'000U) << "the bytes of the moment count";
}

TEST_F(TrafficRatesTest, TellAByteFromNone) {
    rates_.sample(began_ + milliseconds(5'000), 1, 0);
    EXPECT_EQ(rates_.received(), 1U);
    EXPECT_EQ(rates_.sent(), 0U);
}

}  // namespace
}  // namespace telex::server

#include "server/listener/seats.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace telex::server {
namespace {

using std::chrono::seconds;

class SeatsTest : public ::testing::Test {
protected:
    std::unique_ptr<Seat> sit(char name) {
        auto seat = std::make_unique<Seat>([this, name] { left_ += name; }, now_);
        seats_.add(*seat);
        return seat;
    }

    void pass(int time) { now_ += seconds(time); }

    Seats seats_;
    std::string left_;
    session::TimePoint now_{seconds(1'000)};
};

TEST_F(SeatsTest, TheMostSilentMakesRoom) {
    const auto a = sit('a');
    pass(1);
    const auto b = sit('b');
    pass(1);
    const auto c = sit('c');
    pass(1);
    a->note(now_, false);
    EXPECT_TRUE(seats_.displace(now_));
    EXPECT_EQ(left_, "b");
    pass(1);
    c->note(now_, false);
    EXPECT_TRUE(seats_.displace(now_));
    EXPECT_TRUE(seats_.displace(now_));
    EXPECT_EQ(left_, "bac");
    EXPECT_FALSE(seats_.displace(now_)) << "nobody is left";
}

TEST_F(SeatsTest, OfEqualsTheFirstMakesRoom) {
    const auto a = sit('a');
    const auto b = sit('b');
    EXPECT_TRUE(seats_.displace(now_));
    EXPECT_EQ(left_, "a");
}

TEST_F(SeatsTest, WhoWaitsForAnAnswerIsNotSilent) {
    const auto a = sit('a');
    pass(1);
    const auto b = sit('b');
    a->note(now_, true);
    pass(1);
    EXPECT_TRUE(seats_.displace(now_));
    EXPECT_EQ(left_, "b");
    EXPECT_FALSE(seats_.displace(now_));
    a->note(now_, false);  // it has got its answer
    pass(1);
    EXPECT_TRUE(seats_.displace(now_));
    EXPECT_EQ(left_, "ba");
}

TEST_F(SeatsTest, APlaceIsGivenBackOnceOnly) {
    const auto a = sit('a');
    const auto b = sit('b');
    EXPECT_TRUE(seats_.displace(now_));
    EXPECT_FALSE(seats_.remove(*a)) << "a newcomer has it";
    EXPECT_TRUE(seats_.remove(*b));
    EXPECT_FALSE(seats_.displace(now_));
}

}  // namespace
}  // namespace telex::server

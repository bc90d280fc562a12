#include "http/places.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

namespace telex::http {
namespace {

using std::chrono::seconds;

constexpr TimePoint kEntry{seconds(100)};
constexpr TimePoint kLimit = kEntry + seconds(10);

TEST(Places, DisplaceTheOneThatHasWaitedForLongest) {
    Places places(2);
    EXPECT_EQ(places.enter(1, "a", kLimit), std::nullopt);
    EXPECT_EQ(places.enter(2, "a", kLimit), std::nullopt);
    EXPECT_EQ(places.enter(3, "a", kLimit), 1);
    EXPECT_EQ(places.enter(4, "a", kLimit), 2);
}

TEST(Places, DisplaceACrowdAndNotTheOthers) {
    Places places(4);
    EXPECT_EQ(places.enter(1, "", kLimit), std::nullopt);
    for (int fd = 2; fd <= 4; ++fd) {
        EXPECT_EQ(places.enter(fd, "1000", kLimit), std::nullopt);
    }
    for (int fd = 5; fd < 50; ++fd) {
        EXPECT_EQ(places.enter(fd, "1000", kLimit), fd - 3) << "of the crowd itself";
    }
}

TEST(Places, ANewcomerIsNotDisplaced) {
    Places places(1);
    EXPECT_EQ(places.enter(1, "a", kLimit), std::nullopt);
    EXPECT_EQ(places.enter(2, "b", kLimit), 1);
}

TEST(Places, APhaseBeginsAnew) {
    Places places(2);
    EXPECT_EQ(places.enter(1, "a", kLimit), std::nullopt);
    EXPECT_EQ(places.enter(2, "a", kLimit), std::nullopt);
    places.begin_phase(1, kLimit);
    EXPECT_EQ(places.enter(3, "a", kLimit), 2);
}

TEST(Places, WhoHasToLeaveIsNotChosenAgain) {
    Places places(1);
    EXPECT_EQ(places.enter(1, "a", kLimit), std::nullopt);
    EXPECT_EQ(places.enter(2, "a", kLimit), 1);
    places.begin_phase(1, kLimit);
    EXPECT_EQ(places.enter(3, "a", kLimit), 2);
    places.leave(1);
    places.leave(2);
    places.leave(3);
    EXPECT_EQ(places.enter(4, "a", kLimit), std::nullopt);
}

TEST(Places, ListThoseThatTakeTooLong) {
    Places places(4);
    EXPECT_EQ(places.enter(1, "a", kLimit), std::nullopt);
    EXPECT_EQ(places.enter(2, "a", kLimit + seconds(1)), std::nullopt);
    EXPECT_TRUE(places.overdue(kEntry).empty());
    EXPECT_EQ(places.overdue(kLimit), std::vector<int>{1});
    places.begin_phase(1, kLimit + seconds(60));
    EXPECT_EQ(places.overdue(kLimit + seconds(1)), std::vector<int>{2});
    places.leave(2);
    EXPECT_TRUE(places.overdue(kLimit + seconds(1)).empty());
}

}  // namespace
}  // namespace telex::http

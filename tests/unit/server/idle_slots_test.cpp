#include "server/listener/idle_slots.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace telex::server {
namespace {

using std::chrono::seconds;

class IdleSlotsTest : public ::testing::Test {
protected:
    std::unique_ptr<IdleSlot> sit(char name) {
        auto slot = std::make_unique<IdleSlot>([this, name] { left_ += name; }, now_);
        idle_slots_.add(*slot);
        return slot;
    }

    void pass(int time) { now_ += seconds(time); }

    IdleSlots idle_slots_;
    std::string left_;
    TimePoint now_{seconds(1'000)};
};

TEST_F(IdleSlotsTest, DisplaceTheMostSilentConnection) {
    const auto a = sit('a');
    pass(1);
    const auto b = sit('b');
    pass(1);
    const auto c = sit('c');
    pass(1);
    a->note(now_, false);
    EXPECT_TRUE(idle_slots_.displace(now_));
    EXPECT_EQ(left_, "b");
    pass(1);
    c->note(now_, false);
    EXPECT_TRUE(idle_slots_.displace(now_));
    EXPECT_TRUE(idle_slots_.displace(now_));
    EXPECT_EQ(left_, "bac");
    EXPECT_FALSE(idle_slots_.displace(now_)) << "nobody is left";
}

TEST_F(IdleSlotsTest, DisplaceTheFirstOfEquals) {
    const auto a = sit('a');
    const auto b = sit('b');
    EXPECT_TRUE(idle_slots_.displace(now_));
    EXPECT_EQ(left_, "a");
}

TEST_F(IdleSlotsTest, KeepAConnectionThatWaitsForAReply) {
    const auto a = sit('a');
    pass(1);
    const auto b = sit('b');
    a->note(now_, true);
    pass(1);
    EXPECT_TRUE(idle_slots_.displace(now_));
    EXPECT_EQ(left_, "b");
    EXPECT_FALSE(idle_slots_.displace(now_));
    a->note(now_, false);  // it has got its answer
    pass(1);
    EXPECT_TRUE(idle_slots_.displace(now_));
    EXPECT_EQ(left_, "ba");
}

TEST_F(IdleSlotsTest, AreReleasedOnce) {
    const auto a = sit('a');
    const auto b = sit('b');
    EXPECT_TRUE(idle_slots_.displace(now_));
    EXPECT_FALSE(idle_slots_.remove(*a)) << "a newcomer has it";
    EXPECT_TRUE(idle_slots_.remove(*b));
    EXPECT_FALSE(idle_slots_.displace(now_));
}

}  // namespace
}  // namespace telex::server

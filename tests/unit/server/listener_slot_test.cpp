#include "server/listener/listener_slot.hpp"

#include "base/time.hpp"
#include "codec/decoder.hpp"
#include "protocols/registry/protocols.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <utility>

namespace telex::server {
namespace {

using std::chrono::seconds;

constexpr TimePoint kSlotTime{seconds(100)};
constexpr const char* kNetwork = "10.0.0";

class ListenerSlotTest : public ::testing::Test {
protected:
    ListenerSlotTest() : listener_(settings()) {}

    static ListenerSettingsPtr settings() {
        ListenerOptions options;
        options.protocol = "raw";
        options.max_connections = 1;
        options.max_unauthenticated = 4;
        return std::make_shared<ListenerSettings>(options, *session::find_protocol("raw"));
    }

    ListenerState listener_;
};

TEST_F(ListenerSlotTest, GivesEverythingBackAtTheEnd) {
    {
        ListenerSlot slot(listener_, kNetwork);
        EXPECT_TRUE(listener_.has_clients());
        slot.take();
        EXPECT_TRUE(slot.has_slot());
        EXPECT_TRUE(slot.is_in_pre_auth());
        EXPECT_EQ(listener_.connections(), 1U);
        ListenerSlot second(listener_, kNetwork);
        second.take();
        EXPECT_FALSE(second.has_slot());
        EXPECT_FALSE(second.is_in_pre_auth()) << "a quarter is for one network";
        EXPECT_TRUE(second.take_reject_slot());
        EXPECT_FALSE(second.has_slot());
    }
    EXPECT_EQ(listener_.connections(), 0U);
    EXPECT_FALSE(listener_.has_clients());
    ListenerSlot next(listener_, kNetwork);
    next.take();
    EXPECT_TRUE(next.has_slot());
    EXPECT_TRUE(next.is_in_pre_auth());
}

TEST_F(ListenerSlotTest, KeepsWhatItHasWhenItIsMoved) {
    ListenerSlot slot(listener_, {});
    slot.take();
    {
        const ListenerSlot moved(std::move(slot));
        EXPECT_TRUE(moved.has_slot());
        EXPECT_TRUE(moved.belongs_to(listener_));
        EXPECT_EQ(listener_.connections(), 1U);
    }
    EXPECT_EQ(listener_.connections(), 0U);
}

TEST_F(ListenerSlotTest, LetsTheAuthenticatedMakeRoom) {
    ListenerSlot slot(listener_, kNetwork);
    slot.take();
    slot.leave_pre_auth();
    EXPECT_FALSE(slot.is_in_pre_auth());
    ListenerSlot second(listener_, kNetwork);
    second.take();
    EXPECT_TRUE(second.is_in_pre_auth());
}

TEST_F(ListenerSlotTest, IsDisplacedWhileItsPeerIsSilent) {
    int displaced = 0;
    ListenerSlot first(listener_, {});
    first.take();
    first.share([&] { ++displaced; }, kSlotTime);
    ListenerSlot second(listener_, {});
    second.take();
    ASSERT_FALSE(second.has_slot());
    EXPECT_TRUE(second.take_reject_slot());
    second.share([&] { FAIL(); }, kSlotTime + seconds(1));
    EXPECT_TRUE(second.has_slot());
    EXPECT_EQ(displaced, 1);
    first.release();
    EXPECT_EQ(listener_.connections(), 1U) << "the slot is the second's now";
    second.release();
    EXPECT_EQ(listener_.connections(), 0U);
}

TEST_F(ListenerSlotTest, IsNotDisplacedWhileItsPeerWaitsForAReply) {
    ListenerSlot first(listener_, {});
    first.take();
    first.share([] { FAIL(); }, kSlotTime);
    first.note_activity(kSlotTime, true);
    ListenerSlot second(listener_, {});
    second.take();
    second.share([] { FAIL(); }, kSlotTime + seconds(1));
    EXPECT_FALSE(second.has_slot());
}

TEST(ListenerSlot, WithoutAListenerLimitsNothing) {
    ListenerSlot slot;
    slot.take();
    slot.share([] { FAIL(); }, kSlotTime);
    EXPECT_TRUE(slot.has_slot());
    EXPECT_TRUE(slot.is_in_pre_auth());
    EXPECT_EQ(slot.users(), nullptr);
    for (int i = 0; i < 1'000; ++i) {
        slot.note_failed_attempt("", kSlotTime, false);
    }
    const auto turn = slot.take_turn("", kSlotTime);
    ASSERT_TRUE(turn);
    EXPECT_FALSE(turn->reserved);
    slot.release();
}

}  // namespace
}  // namespace telex::server

// Events of the exchange: who gets them, and how many.
#include "exchange/event_feed.hpp"

#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace telex::exchange {
namespace {

using telex::testing::PlainClient;
using telex::testing::RunningExchange;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::Event reload_event() {
    v1::Event event;
    event.mutable_reload()->set_succeeded(true);
    return event;
}

class EventFeedTest : public ::testing::Test {
protected:
    void subscribe(PlainClient& member, std::string_view filter) {
        running_.on(member, [&] { member.subscribe(1, filter); });
        running_.settle();
        (void)running_.notes(member);
    }

    void report(std::size_t reactor, int times = 1) {
        running_.at(reactor, [&] {
            for (int i = 0; i < times; ++i) {
                feed().report(running_.exchange().shard(reactor), reload_event());
            }
        });
        running_.settle();
    }

    EventFeed& feed() { return running_.exchange().events(); }

    RunningExchange running_{2};
    PlainClient& member_ = running_.client(1);
};

TEST_F(EventFeedTest, IsWantedWhileItHasSubscribers) {
    EXPECT_FALSE(feed().wanted());
    report(0);
    EXPECT_EQ(feed().published(), 0U);
    for (const char* filter :
         {"$SYS.event.>", "$SYS.*.reload", "$SYS.json.event.reload", "$SYS.>"}) {
        subscribe(member_, filter);
        EXPECT_TRUE(feed().wanted()) << filter;
        running_.on(member_, [&] { member_.port.unsubscribe(1); });
        EXPECT_FALSE(feed().wanted()) << filter;
    }
    for (const char* filter : {">", "*.event.>", "$SYS.other.>", "$SYS.event"}) {
        subscribe(member_, filter);
        EXPECT_FALSE(feed().wanted()) << filter;
        running_.on(member_, [&] { member_.port.unsubscribe(1); });
    }
    subscribe(member_, "$SYS.event.>");
    running_.leave(member_);
    EXPECT_FALSE(feed().wanted());
}

TEST_F(EventFeedTest, ReachesSubscribersOnEveryReactorAsProtobufAndAsJson) {
    PlainClient& other = running_.client(0);
    subscribe(member_, "$SYS.event.reload");
    subscribe(other, "$SYS.json.event.>");
    report(0);
    const auto binary = running_.notes(member_);
    ASSERT_EQ(binary.size(), 1U);
    const std::string head = "1 $SYS.event.reload=";
    ASSERT_EQ(binary[0].substr(0, head.size()), head);
    v1::Event event;
    ASSERT_TRUE(event.ParseFromString(binary[0].substr(head.size())));
    EXPECT_TRUE(event.reload().succeeded());
    EXPECT_GT(event.unix_nanoseconds(), 1'700'000'000'000'000'000) << "after 2023";
    EXPECT_THAT(running_.notes(other), ElementsAre(HasSubstr("1 $SYS.json.event.reload={")));
}

TEST_F(EventFeedTest, LeavesOutWhatIsTooMuchAndSaysHowMuch) {
    constexpr int kFlood = 5'000;
    subscribe(member_, "$SYS.event.>");
    member_.verbose = false;
    report(0, kFlood);
    EXPECT_EQ(feed().published() + feed().suppressed(), kFlood);
    // Within a second, or two if one began meanwhile; ten on a machine that has no time.
    EXPECT_GE(feed().published(), EventFeed::kPerSecond);
    EXPECT_LE(feed().published(), 10 * EventFeed::kPerSecond);
    EXPECT_EQ(running_.on(member_, [&] { return member_.deliveries; }), feed().published());
}

TEST_F(EventFeedTest, BalancesItsBooks) {
    subscribe(member_, "$SYS.event.>");
    member_.admission = broker::not_sent(DropReason::slow_newest);
    report(0, 3);
    EXPECT_EQ(running_.dropped(DropReason::slow_newest), 3U);
    EXPECT_EQ(running_.counters().unrouted_messages, 0U);
    EXPECT_THAT(running_.notes(member_), IsEmpty());
}

}  // namespace
}  // namespace telex::exchange

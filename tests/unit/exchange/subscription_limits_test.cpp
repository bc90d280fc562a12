// max_messages and credit of a subscription, changed while it lives.
#include "support/running_exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <tuple>

namespace telex::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::PlainClient;

// The subscriber's reactor, and its queue group.
class SubscriptionLimits : public ::testing::TestWithParam<std::tuple<std::size_t, const char*>> {
protected:
    void SetUp() override {
        running_.on(subscriber_, [&] { subscriber_.subscribe(1, "a", std::get<1>(GetParam())); });
        running_.settle();
        running_.notes(subscriber_);
    }

    void publish(int count) {
        running_.on(publisher_, [&] {
            for (int i = 0; i < count; ++i) {
                publisher_.publish("a", std::to_string(++number_));
            }
        });
        running_.settle();
    }

    template <class Function>
    void change(Function work) {
        running_.on(subscriber_, [&] { work(subscriber_.port); });
        running_.settle();
    }

    int number_ = 0;
    testing::RunningExchange running_{2};
    PlainClient& publisher_ = running_.client(0);
    PlainClient& subscriber_ = running_.client(std::get<0>(GetParam()));
};

TEST_P(SubscriptionLimits, MaxMessagesCountsFromTheStart) {
    publish(2);
    change([](auto& port) { port.set_max_messages(1, 3); });
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 a=1", "1 a=2"));
    publish(2);
    EXPECT_THAT(
        running_.notes(subscriber_), ElementsAre("1 a=3", "unsubscribed 1 delivered 3 dropped 0")
    );
}

TEST_P(SubscriptionLimits, MaxMessagesThatIsReachedEndsTheSubscriptionAtOnce) {
    publish(2);
    running_.notes(subscriber_);
    change([](auto& port) { port.set_max_messages(1, 1); });
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("unsubscribed 1 delivered 2 dropped 0"));
    publish(1);
    EXPECT_THAT(running_.notes(subscriber_), IsEmpty());
}

TEST_P(SubscriptionLimits, MaxMessagesMayBeRaisedAndLoweredAndRemoved) {
    change([](auto& port) { port.set_max_messages(1, 2); });
    change([](auto& port) { port.set_max_messages(1, 4); });
    publish(3);
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 a=1", "1 a=2", "1 a=3"));
    change([](auto& port) { port.set_max_messages(1, 9); });
    change([](auto& port) { port.set_max_messages(1, 5); });
    publish(1);
    change([](auto& port) { port.set_max_messages(1, 0); });
    publish(3);
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 a=4", "1 a=5", "1 a=6", "1 a=7"));
}

TEST_P(SubscriptionLimits, CreditMayBeIntroducedAndReplaced) {
    publish(1);
    change([](auto& port) { port.set_credit(1, 1); });
    publish(3);
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 a=1", "1 a=2"));
    change([](auto& port) { port.add_credit(1, 1); });
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 a=3"));
    change([](auto& port) { port.set_credit(1, 5); });
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 a=4"));
    change([](auto& port) { port.set_credit(1, 0); });
    publish(1);
    EXPECT_THAT(running_.notes(subscriber_), IsEmpty());
}

TEST_P(SubscriptionLimits, OfUnknownSubscriptionsAreIgnored) {
    change([](auto& port) {
        port.set_max_messages(99, 1);
        port.set_credit(99, 1);
    });
    publish(1);
    EXPECT_THAT(running_.notes(subscriber_), ElementsAre("1 a=1"));
}

INSTANTIATE_TEST_SUITE_P(
    OnReactor,
    SubscriptionLimits,
    ::testing::Combine(::testing::Values(0U, 1U), ::testing::Values("", "g"))
);

}  // namespace
}  // namespace telex::exchange

#include "unit/c/support.hpp"

#include <string>

namespace telex::test {
namespace {

using ::testing::ElementsAre;

TEST(CSubscription, IsMadeWithItsOptions) {
    CPair pair;
    const COwner<telex_subscribe_options> owner(telex_subscribe_options_new());
    telex_subscribe_options* const options = owner.get();
    EXPECT_EQ(telex_subscribe_options_set_queue_group(options, "workers"), TELEX_OK);
    const auto set = [options](telex_subscribe_number key, std::int64_t value) {
        EXPECT_EQ(telex_subscribe_options_set_number(options, key, value), TELEX_OK);
    };
    set(TELEX_SLOW_POLICY, TELEX_SLOW_DROP_OLDEST);
    set(TELEX_CREDIT, 10);
    set(TELEX_AUTOMATIC_CREDIT, 0);
    set(TELEX_MAX_MESSAGES, 20);
    set(TELEX_SUBSCRIBE_WAIT, 0);
    telex_subscription* made = nullptr;
    EXPECT_EQ(telex_subscribe(pair.get(), "a.>", options, nullptr, nullptr, &made), TELEX_OK);
    const COwner<telex_subscription> subscription(made);
    const v1::Subscribe frame = pair.peer.read().subscribe();
    EXPECT_EQ(frame.filter(), "a.>");
    EXPECT_EQ(frame.queue_group(), "workers");
    EXPECT_EQ(frame.credit(), 10U);
    EXPECT_EQ(frame.max_messages(), 20U);
    EXPECT_EQ(static_cast<int>(frame.slow_policy()), int{TELEX_SLOW_DROP_OLDEST});
    EXPECT_EQ(telex_subscription_add_credit(made, 5), TELEX_OK);
    EXPECT_EQ(pair.peer.read().credit().messages(), 5U);
    EXPECT_STREQ(telex_subscription_filter(made), "a.>");
}

TEST(CSubscription, OptionsAreChecked) {
    const COwner<telex_subscribe_options> options(telex_subscribe_options_new());
    const auto code = [&](int key, std::int64_t value) {
        return telex_subscribe_options_set_number(
            options.get(), static_cast<telex_subscribe_number>(key), value
        );
    };
    EXPECT_EQ(code(0, 1), TELEX_INVALID_ARGUMENT);
    EXPECT_EQ(code(TELEX_SUBSCRIBE_WAIT + 1, 1), TELEX_INVALID_ARGUMENT);
    EXPECT_EQ(code(TELEX_SLOW_POLICY, 5), TELEX_INVALID_ARGUMENT);
    EXPECT_EQ(code(TELEX_CREDIT, -1), TELEX_INVALID_ARGUMENT);
    const CPair pair;
    telex_subscription* made = nullptr;
    for (const int key :
         {TELEX_CREDIT, TELEX_MAX_MESSAGES, TELEX_MAX_PENDING_MESSAGES, TELEX_MAX_PENDING_BYTES}) {
        const COwner<telex_subscribe_options> zero(telex_subscribe_options_new());
        const auto number = static_cast<telex_subscribe_number>(key);
        EXPECT_EQ(telex_subscribe_options_set_number(zero.get(), number, 0), TELEX_OK);
        EXPECT_EQ(
            telex_subscribe(pair.get(), "a", zero.get(), nullptr, nullptr, &made),
            TELEX_INVALID_ARGUMENT
        ) << key;
    }
    EXPECT_EQ(code(TELEX_SUBSCRIBE_TIMEOUT, 0), TELEX_OK);
    EXPECT_EQ(
        telex_subscribe(pair.get(), "a", options.get(), nullptr, nullptr, &made), TELEX_TIMEOUT
    );
}

TEST(CSubscription, ReturnsMessagesInOrder) {
    CPair pair;
    COwner<telex_subscription> subscription;
    const auto id = pair.subscribe(subscription);
    telex_message* message = nullptr;
    EXPECT_EQ(telex_next(subscription.get(), 0, &message), TELEX_TIMEOUT);
    EXPECT_EQ(message, nullptr);
    pair.peer.deliver(id, "a.1", "one");
    pair.peer.deliver(id, "a.2", "two");
    for (const char* payload : {"one", "two"}) {
        ASSERT_EQ(telex_next(subscription.get(), -1, &message), TELEX_OK);
        const COwner<telex_message> owner(message);
        EXPECT_EQ(payload_of(message), payload);
    }
    EXPECT_EQ(telex_subscription_statistic(subscription.get(), TELEX_SUBSCRIPTION_DELIVERED), 2U);
    EXPECT_EQ(telex_subscription_active(subscription.get()), 1);
    EXPECT_EQ(telex_unsubscribe(subscription.get()), TELEX_OK);
    EXPECT_EQ(telex_subscription_active(subscription.get()), 0);
    EXPECT_EQ(telex_next(subscription.get(), -1, &message), TELEX_SUBSCRIPTION_ENDED);
}

struct Served {
    Collected<std::string> seen;
    CPair pair;
};

TEST(CSubscription, HandlerMayPublishButNotDrain) {
    Served served;
    COwner<telex_subscription> subscription;
    const auto id = served.pair.subscribe(
        subscription,
        [](void* context, const telex_message* message) {
            auto& self = *static_cast<Served*>(context);
            EXPECT_EQ(telex_publish(self.pair.get(), "out", "x", 1, nullptr), TELEX_OK);
            EXPECT_EQ(telex_drain(self.pair.get(), 0), TELEX_WOULD_DEADLOCK);
            self.seen.add(payload_of(message));
        },
        &served
    );
    served.pair.peer.deliver(id, "a.1", "one");
    EXPECT_THAT(served.seen.wait(1), ElementsAre("one"));
    EXPECT_EQ(served.pair.peer.read().message().subject(), "out");
    telex_message* message = nullptr;
    EXPECT_EQ(telex_next(subscription.get(), 0, &message), TELEX_INVALID_ARGUMENT);
}

TEST(CSubscription, HandlerMayFreeItsClient) {
    Served served;
    COwner<telex_subscription> subscription;
    const auto id = served.pair.subscribe(
        subscription,
        [](void* context, const telex_message*) {
            auto& self = *static_cast<Served*>(context);
            self.pair.client.reset();
            self.seen.add("freed");
        },
        &served
    );
    served.pair.peer.deliver(id, "a.1", "one");
    (void)served.pair.peer.read_until(v1::Frame::kGoodbye);
    served.pair.peer.close();
    EXPECT_THAT(served.seen.wait(1), ElementsAre("freed"));
}

TEST(CSubscription, DrainDeliversTheRest) {
    Served served;
    COwner<telex_subscription> subscription;
    const auto id = served.pair.subscribe(
        subscription,
        [](void* context, const telex_message* message) {
            static_cast<Served*>(context)->seen.add(payload_of(message));
        },
        &served
    );
    auto draining = meanwhile([&] { return telex_subscription_drain(subscription.get(), -1); });
    (void)served.pair.peer.read_until(v1::Frame::kUnsubscribe);
    served.pair.peer.deliver(id, "a.1", "last");
    v1::Frame ended;
    ended.mutable_unsubscribed()->set_subscription(id);
    served.pair.peer.send(ended);
    EXPECT_EQ(draining.get(), TELEX_OK);
    EXPECT_THAT(served.seen.wait(1), ElementsAre("last"));
}

TEST(CSubscription, DetachedLivesAsLongAsItsClient) {
    Served served;
    COwner<telex_subscription> subscription;
    const auto id = served.pair.subscribe(
        subscription,
        [](void* context, const telex_message* message) {
            static_cast<Served*>(context)->seen.add(payload_of(message));
        },
        &served
    );
    telex_subscription_detach(subscription.release());
    served.pair.peer.deliver(id, "a.1", "one");
    EXPECT_THAT(served.seen.wait(1), ElementsAre("one"));
}

}  // namespace
}  // namespace telex::test

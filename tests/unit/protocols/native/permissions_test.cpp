// Forbidden actions are refused before they reach the exchange.
#include "unit/protocols/native/telex_fixture.hpp"

#include <gmock/gmock.h>

namespace telex::session::native {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

access::User shopkeeper() {
    access::User user;
    user.name = "shopkeeper";
    user.publish = {{"shop.>", "_REPLY.mine"}, {"shop.secret.>"}};
    user.subscribe = {{"shop.>"}, {"shop.secret.>"}};
    return user;
}

class FrameSessionPermissions : public TelexFixture {
protected:
    FrameSessionPermissions() {
        transport_.is_user = &user_;
        open();
    }

    access::User user_ = shopkeeper();
};

TEST_F(FrameSessionPermissions, OfPublishing) {
    say(testing::publish("shop.order"));
    say(testing::publish("billing.charge"));
    EXPECT_THAT(last_frame().error().text(), HasSubstr("user shopkeeper may not publish to"));
    say(testing::publish("shop.order"));
    say(testing::publish("shop.secret.key"));
    EXPECT_THAT(last_frame().error().text(), HasSubstr("'shop.secret.key'"));
    EXPECT_THAT(transport_.published, SizeIs(2));
    EXPECT_EQ(transport_.refusals[v1::PERMISSION_DENIED], 2);
    EXPECT_FALSE(transport_.closed);
}

TEST_F(FrameSessionPermissions, OfReplySubjects) {
    v1::Frame frame = testing::publish("shop.order");
    frame.mutable_message()->set_reply("billing.charge");
    say(frame);
    EXPECT_THAT(heard(), ElementsAre("error PERMISSION_DENIED"));
    EXPECT_THAT(transport_.published, IsEmpty());
}

TEST_F(FrameSessionPermissions, AreNotAskedForAnswers) {
    say(testing::publish("_REPLY.1.2.3", "42"));
    EXPECT_THAT(heard(), IsEmpty());
    EXPECT_THAT(transport_.published, SizeIs(1));
}

TEST_F(FrameSessionPermissions, OfRequests) {
    say(testing::request(1, "billing.charge"));
    EXPECT_THAT(heard(), ElementsAre("failed 1 PERMISSION_DENIED"));
    say(testing::request(2, "$SYS.stats"));
    EXPECT_THAT(heard(), ElementsAre("failed 2 PERMISSION_DENIED"));
    say(testing::request(3, "shop.price"));
    EXPECT_THAT(transport_.requests, SizeIs(1));
}

TEST_F(FrameSessionPermissions, TheOwnerOfTheDaemonMayAskOperatorsThough) {
    transport_.owner = true;
    say(testing::request(1, "$SYS.admin.listeners"));
    EXPECT_THAT(transport_.requests, SizeIs(1));
    say(testing::request(2, "$SYS.stats"));
    say(testing::publish("$SYS.admin.listeners"));
    EXPECT_THAT(heard(), ElementsAre("failed 2 PERMISSION_DENIED", "error RESERVED_SUBJECT"));
    transport_.owner = false;
    say(testing::request(3, "$SYS.admin.listeners"));
    EXPECT_THAT(transport_.requests, SizeIs(1));
}

TEST_F(FrameSessionPermissions, OfSubscriptions) {
    say(testing::subscribe(1, ">"));
    say(testing::subscribe(2, "shop.secret.*"));
    EXPECT_THAT(heard(), ElementsAre("error PERMISSION_DENIED", "error PERMISSION_DENIED"));
    say(testing::subscribe(3, "shop.>"));
    say(testing::subscribe(4, "shop.order"));
    EXPECT_THAT(transport_.subscriptions, SizeIs(2));
    EXPECT_TRUE(transport_.subscriptions.at(3).hides_some);
    EXPECT_FALSE(transport_.subscriptions.at(4).hides_some);
}

TEST_F(FrameSessionPermissions, OfGroupsWhoseMembersMayNotHaveAll) {
    v1::Frame frame = testing::subscribe(1, "shop.>");
    frame.mutable_subscribe()->set_queue_group("workers");
    say(frame);
    EXPECT_THAT(heard(), ElementsAre("error PERMISSION_DENIED"));
    EXPECT_THAT(transport_.subscriptions, IsEmpty());
}

}  // namespace
}  // namespace telex::session::native

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
    send(testing::publish("shop.order"));
    send(testing::publish("billing.charge"));
    EXPECT_THAT(last_frame().error().text(), HasSubstr("user shopkeeper may not publish to"));
    send(testing::publish("shop.order"));
    send(testing::publish("shop.secret.key"));
    EXPECT_THAT(last_frame().error().text(), HasSubstr("'shop.secret.key'"));
    EXPECT_THAT(transport_.published, SizeIs(2));
    EXPECT_EQ(transport_.refusals[v1::PERMISSION_DENIED], 2);
    EXPECT_FALSE(transport_.closed);
}

TEST_F(FrameSessionPermissions, OfReplySubjects) {
    v1::Frame frame = testing::publish("shop.order");
    frame.mutable_message()->set_reply("billing.charge");
    send(frame);
    EXPECT_THAT(heard(), ElementsAre("error PERMISSION_DENIED"));
    EXPECT_THAT(transport_.published, IsEmpty());
}

TEST_F(FrameSessionPermissions, AreNotAskedForAnswers) {
    send(testing::publish("_REPLY.1.2.3", "42"));
    EXPECT_THAT(heard(), IsEmpty());
    EXPECT_THAT(transport_.published, SizeIs(1));
}

TEST_F(FrameSessionPermissions, OfRequests) {
    send(testing::request(1, "billing.charge"));
    EXPECT_THAT(heard(), ElementsAre("failed 1 PERMISSION_DENIED"));
    send(testing::request(2, "$SYS.stats"));
    EXPECT_THAT(heard(), ElementsAre("failed 2 PERMISSION_DENIED"));
    send(testing::request(3, "shop.price"));
    EXPECT_THAT(transport_.requests, SizeIs(1));
}

TEST_F(FrameSessionPermissions, TheOwnerOfTheDaemonMayAskOperatorsThough) {
    transport_.owner = true;
    send(testing::request(1, "$SYS.admin.listeners"));
    EXPECT_THAT(transport_.requests, SizeIs(1));
    send(testing::request(2, "$SYS.stats"));
    send(testing::publish("$SYS.admin.listeners"));
    EXPECT_THAT(heard(), ElementsAre("failed 2 PERMISSION_DENIED", "error RESERVED_SUBJECT"));
    transport_.owner = false;
    send(testing::request(3, "$SYS.admin.listeners"));
    EXPECT_THAT(transport_.requests, SizeIs(1));
}

TEST_F(FrameSessionPermissions, OfSubscriptions) {
    send(testing::subscribe(1, ">"));
    send(testing::subscribe(2, "shop.secret.*"));
    EXPECT_THAT(heard(), ElementsAre("error PERMISSION_DENIED", "error PERMISSION_DENIED"));
    send(testing::subscribe(3, "shop.>"));
    send(testing::subscribe(4, "shop.order"));
    EXPECT_THAT(transport_.subscriptions, SizeIs(2));
    EXPECT_TRUE(transport_.subscriptions.at(3).hides_some);
    EXPECT_FALSE(transport_.subscriptions.at(4).hides_some);
}

TEST_F(FrameSessionPermissions, OfGroupsWhoseMembersMayNotHaveAll) {
    v1::Frame frame = testing::subscribe(1, "shop.>");
    frame.mutable_subscribe()->set_queue_group("workers");
    send(frame);
    EXPECT_THAT(heard(), ElementsAre("error PERMISSION_DENIED"));
    EXPECT_THAT(transport_.subscriptions, IsEmpty());
}

}  // namespace
}  // namespace telex::session::native

// Forbidden actions are refused before they reach the exchange.
#include "protocols/raw/raw_session.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace telex::session::raw {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

access::User raw_shopkeeper() {
    access::User user;
    user.name = "shopkeeper";
    user.publish = {{"shop.>", "_REPLY.mine"}, {"shop.secret.>"}};
    user.subscribe = {{"shop.>"}, {"shop.secret.>"}};
    return user;
}

class RawSessionPermissions : public ::testing::Test {
protected:
    void start() {
        transport_.is_user = &user_;
        options_.protocol = raw_;
        session_ = std::make_unique<RawSession>(transport_, transport_, options_);
        transport_.bind(*session_);
        session_->start();
    }

    void expect_end() {
        EXPECT_EQ(transport_.closed, CloseReason::not_permitted);
        EXPECT_EQ(transport_.refusals[v1::PERMISSION_DENIED], 1);
        EXPECT_THAT(transport_.close_detail, HasSubstr("shopkeeper"));
        EXPECT_THAT(transport_.subscriptions, IsEmpty());
        EXPECT_EQ(transport_.breaches, 0);
    }

    access::User user_ = raw_shopkeeper();
    RawOptions raw_;
    SessionOptions options_;
    testing::FakeTransport transport_;
    std::unique_ptr<RawSession> session_;
};

TEST_F(RawSessionPermissions, OfPublishing) {
    raw_.publish = "log.{transport}";
    raw_.subscribe = "shop.order";
    start();
    expect_end();
}

TEST_F(RawSessionPermissions, OfRequests) {
    raw_.request = "$SYS.echo";
    start();
    expect_end();
}

TEST_F(RawSessionPermissions, OfSubscriptions) {
    raw_.subscribe = "log.>";
    start();
    expect_end();
}

TEST_F(RawSessionPermissions, LetThroughWhatIsAllowed) {
    raw_.publish = "shop.lines";
    raw_.subscribe = "shop.>";
    start();
    EXPECT_FALSE(transport_.closed);
    session_->on_frame({"line", nullptr});
    EXPECT_THAT(transport_.published, SizeIs(1));
    EXPECT_TRUE(transport_.subscriptions.at(1).hides_some);
}

}  // namespace
}  // namespace telex::session::raw

// How a client becomes known: what it may say before, and what comes of what it shows.
#include "protocols/json/json_session.hpp"
#include "unit/protocols/native/telex_fixture.hpp"
#include "wire/writer.hpp"

#include <gmock/gmock.h>

namespace telex::session::native {
namespace {

using access::AuthResult;
using Kind = access::Credentials::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::Frame hello_with_password(std::string_view user = "anna", std::string_view password = "pw") {
    v1::Frame frame = testing::hello();
    frame.mutable_hello()->set_user(std::string(user));
    frame.mutable_hello()->set_password(std::string(password));
    return frame;
}

v1::Frame hello_with_token() {
    v1::Frame frame = testing::hello();
    frame.mutable_hello()->set_token("telex_1");
    return frame;
}

v1::Frame hello_with_key() {
    v1::Frame frame = testing::hello();
    frame.mutable_hello()->set_public_key(std::string(32, 'k'));
    return frame;
}

v1::Frame proof(std::size_t bytes = 64) {
    v1::Frame frame;
    frame.mutable_proof()->set_signature(std::string(bytes, 's'));
    return frame;
}

// A client that is not authenticated.
class Authentication : public TelexFixture {
protected:
    Authentication() {
        transport_.is_user = &access::anonymous();
        user_.name = "anna";
        user_.publish.allow = {">"};
        user_.subscribe.allow = {">"};
    }

    void conclude(AuthResult result) {
        if (result == AuthResult::authenticated) {
            transport_.is_user = &user_;
        }
        session_->on_authenticated(result);
    }

    std::string last_text() const { return last_frame().error().text(); }

    access::User user_;
};

TEST_F(Authentication, ByPassword) {
    start();
    send(hello_with_password());
    EXPECT_THAT(heard(), IsEmpty());
    ASSERT_THAT(transport_.attempts, SizeIs(1));
    EXPECT_EQ(transport_.attempts[0].kind, Kind::password);
    EXPECT_EQ(transport_.attempts[0].user, "anna");
    EXPECT_EQ(transport_.attempts[0].secret, "pw");
    conclude(AuthResult::authenticated);
    EXPECT_THAT(heard(), ElementsAre("welcome 1"));
    send(testing::publish("a"));
    EXPECT_THAT(transport_.published, SizeIs(1));
}

TEST_F(Authentication, ByToken) {
    start();
    send(hello_with_token());
    ASSERT_THAT(transport_.attempts, SizeIs(1));
    EXPECT_EQ(transport_.attempts[0].kind, Kind::token);
    EXPECT_EQ(transport_.attempts[0].secret, "telex_1");
    conclude(AuthResult::authenticated);
    EXPECT_THAT(heard(), ElementsAre("welcome 1"));
}

TEST_F(Authentication, ByKey) {
    start();
    send(hello_with_key());
    ASSERT_THAT(transport_.controls, SizeIs(1));
    EXPECT_EQ(last_frame().challenge().nonce(), std::string(32, 'n'));
    transport_.take_controls();
    EXPECT_THAT(transport_.attempts, IsEmpty()) << "a key alone is public";
    send(proof());
    ASSERT_THAT(transport_.attempts, SizeIs(1));
    EXPECT_EQ(transport_.attempts[0].kind, Kind::key);
    conclude(AuthResult::authenticated);
    EXPECT_THAT(heard(), ElementsAre("welcome 1"));
}

TEST_F(Authentication, EndsAtOnceWhereTheHostKnows) {
    transport_.auth_result = AuthResult::refused;
    start();
    send(hello_with_token());
    EXPECT_THAT(heard(), ElementsAre("closing NOT_AUTHENTICATED"));
    EXPECT_EQ(transport_.closed, CloseReason::not_authenticated);
}

// One text for all failures: clients cannot find out whether a user exists.
TEST_F(Authentication, ThatFailsDoesNotSayWhy) {
    start();
    send(hello_with_password("nobody"));
    conclude(AuthResult::refused);
    EXPECT_EQ(last_text(), "the credentials match no user");
    EXPECT_EQ(transport_.refusals[v1::NOT_AUTHENTICATED], 1);
}

TEST_F(Authentication, ThatFailsForOtherReasonsSaysSo) {
    const std::vector<std::pair<AuthResult, v1::ErrorCode>> ends{
        {AuthResult::busy, v1::AUTHENTICATION_BUSY},
        {AuthResult::insecure_channel, v1::NOT_AUTHENTICATED},
        {AuthResult::too_many, v1::TOO_MANY_CONNECTIONS},
    };
    for (const auto& [result, code] : ends) {
        transport_.closed.reset();
        start();
        send(hello_with_token());
        conclude(result);
        EXPECT_EQ(last_frame().error().code(), code);
        EXPECT_TRUE(last_frame().error().closing());
        EXPECT_TRUE(transport_.closed);
    }
}

TEST_F(Authentication, IsNeeded) {
    start();
    send(testing::hello());
    EXPECT_THAT(heard(), ElementsAre("closing NOT_AUTHENTICATED"));
    EXPECT_THAT(transport_.close_detail, HasSubstr("needs a password, a token or a key"));
}

TEST_F(Authentication, ComesBeforeEverything) {
    for (const v1::Frame& frame :
         {testing::publish("a"),
          testing::subscribe(1),
          testing::ping(1),
          testing::flush(1),
          testing::request(1),
          proof()}) {
        transport_.closed.reset();
        start();
        send(frame);
        EXPECT_THAT(heard(), ElementsAre("closing HELLO_REQUIRED"));
    }
    EXPECT_THAT(transport_.published, IsEmpty());
    EXPECT_THAT(transport_.subscriptions, IsEmpty());
}

TEST_F(Authentication, TakesOneKindOfCredentials) {
    v1::Frame several = hello_with_password();
    several.mutable_hello()->set_token("telex_1");
    v1::Frame all = hello_with_key();
    all.mutable_hello()->set_token("telex_1");
    for (const v1::Frame& frame : {several, all}) {
        transport_.closed.reset();
        start();
        send(frame);
        EXPECT_THAT(heard(), ElementsAre("closing BAD_MESSAGE"));
    }
    EXPECT_THAT(transport_.attempts, IsEmpty());
}

TEST_F(Authentication, OfAUserWithoutPasswordIsAnAttempt) {
    start();
    send(hello_with_password("anna", ""));
    ASSERT_THAT(transport_.attempts, SizeIs(1)) << "and the host finds it wrong";
    EXPECT_EQ(transport_.attempts[0].secret, "");
}

TEST_F(Authentication, AfterAChallengeTakesOnlyTheProof) {
    for (const v1::Frame& frame :
         {testing::publish("a"),
          testing::subscribe(1),
          testing::hello(),
          hello_with_token(),
          testing::ping(1)}) {
        transport_.closed.reset();
        start();
        send(hello_with_key());
        transport_.take_controls();
        send(frame);
        EXPECT_THAT(heard(), ElementsAre("closing NOT_AUTHENTICATED"));
    }
    EXPECT_THAT(transport_.attempts, IsEmpty());
}

TEST_F(Authentication, KnowsProofsThatAreNone) {
    for (const std::size_t bytes : {0U, 63U, 65U}) {
        transport_.closed.reset();
        start();
        send(hello_with_key());
        transport_.take_controls();
        send(proof(bytes));
        EXPECT_THAT(heard(), ElementsAre("closing NOT_AUTHENTICATED"));
    }
    v1::Frame short_key = hello_with_key();
    short_key.mutable_hello()->set_public_key("short");
    transport_.closed.reset();
    start();
    send(short_key);
    transport_.take_controls();
    send(proof());
    EXPECT_THAT(heard(), ElementsAre("closing NOT_AUTHENTICATED"));
    EXPECT_THAT(transport_.attempts, IsEmpty());
}

TEST_F(Authentication, WithoutAChallengeAProofIsOutOfPlace) {
    transport_.is_user = &user_;
    open();
    send(proof());
    EXPECT_THAT(heard(), ElementsAre("closing UNEXPECTED_FRAME"));
}

// Pipelined input is accepted.
TEST_F(Authentication, WhatComesMeanwhileWaits) {
    start();
    send(hello_with_password());
    send(testing::subscribe(1, "a.>"));
    send(testing::publish("a.1"));
    session_->on_end_of_input();
    EXPECT_THAT(heard(), IsEmpty());
    EXPECT_THAT(transport_.published, IsEmpty());
    conclude(AuthResult::authenticated);
    EXPECT_THAT(heard(), ElementsAre("welcome 1", "subscribed 1"));
    EXPECT_THAT(transport_.published, SizeIs(1));
    EXPECT_EQ(transport_.closed, CloseReason::client_closed);
}

TEST_F(Authentication, WhatCameMeanwhileGoesWithTheRefused) {
    start();
    send(hello_with_password());
    send(testing::publish("a.1"));
    conclude(AuthResult::refused);
    EXPECT_THAT(heard(), ElementsAre("closing NOT_AUTHENTICATED"));
    EXPECT_THAT(transport_.published, IsEmpty());
}

TEST_F(Authentication, WhatComesMeanwhileIsBounded) {
    start();
    send(hello_with_password());
    const v1::Frame frame = testing::publish("a", std::string(4'000, 'x'));
    for (int i = 0; i < 100 && !transport_.closed; ++i) {
        send(frame);
    }
    EXPECT_THAT(heard(), ElementsAre("closing FRAME_TOO_LARGE"));
    conclude(AuthResult::authenticated);
    EXPECT_THAT(heard(), IsEmpty()) << "an answer that comes too late changes nothing";
}

TEST_F(Authentication, FramesStaySmallUntilItIsOver) {
    start();
    EXPECT_EQ(session_->frame_limit(), options_.max_frame_bytes_before_hello);
    send(hello_with_key());
    EXPECT_EQ(session_->frame_limit(), options_.max_frame_bytes_before_hello);
    send(proof());
    EXPECT_EQ(session_->frame_limit(), options_.max_frame_bytes_before_hello);
    conclude(AuthResult::authenticated);
    EXPECT_EQ(session_->frame_limit(), SIZE_MAX);
}

TEST_F(Authentication, HasToComeInTime) {
    for (const bool challenged : {false, true}) {
        transport_.closed.reset();
        start();
        send(challenged ? hello_with_key() : hello_with_password());
        transport_.take_controls();
        transport_.pass(options_.hello_timeout);
        EXPECT_THAT(heard(), ElementsAre("closing HELLO_TIMEOUT"));
        EXPECT_THAT(transport_.close_detail, HasSubstr("not authenticated before"));
    }
}

TEST_F(Authentication, IsOverWhenTheExchangeStops) {
    start();
    send(hello_with_password());
    session_->on_drain();
    EXPECT_THAT(heard(), ElementsAre("closing SHUTTING_DOWN"));
}

// If a peer has sent credentials, only they decide, also for a peer that is a user without them.
TEST_F(Authentication, OfAnAuthenticatedPeer) {
    transport_.is_user = &user_;
    start();
    send(hello_with_token());
    EXPECT_THAT(transport_.attempts, SizeIs(1));
    conclude(AuthResult::refused);
    EXPECT_THAT(heard(), ElementsAre("closing NOT_AUTHENTICATED"));
}

TEST_F(Authentication, IsNotForDatagrams) {
    transport_.is_user = &user_;
    options_.datagram = true;
    start();
    send(hello_with_token());
    send(hello_with_key());
    EXPECT_THAT(heard(), ElementsAre("error NOT_ALLOWED_HERE", "error NOT_ALLOWED_HERE"));
    EXPECT_THAT(transport_.attempts, IsEmpty());
}

TEST_F(Authentication, OfAPersonWithNetcat) {
    JsonSession json(transport_, transport_, options_);
    transport_.bind(json);
    json.start();
    json.on_frame({R"({"hello":{"version":1,"user":"anna","password":"pw"}})", nullptr});
    ASSERT_THAT(transport_.attempts, SizeIs(1));
    transport_.is_user = &user_;
    json.on_authenticated(AuthResult::authenticated);
    EXPECT_THAT(transport_.take_controls(), ElementsAre(HasSubstr("welcome")));
    json.on_frame({R"({"message":{"subject":"a","text":"x"}})", nullptr});
    EXPECT_THAT(transport_.published, SizeIs(1));
}

TEST_F(Authentication, IsNeededInJsonToo) {
    JsonSession json(transport_, transport_, options_);
    transport_.bind(json);
    json.start();
    EXPECT_EQ(json.frame_limit(), options_.max_frame_bytes_before_hello);
    json.on_frame({R"({"message":{"subject":"a","text":"x"}})", nullptr});
    EXPECT_THAT(transport_.take_controls(), ElementsAre(HasSubstr("NOT_AUTHENTICATED")));
    EXPECT_THAT(transport_.published, IsEmpty());
}

// --- what the user may send ----------------------------------------------------------------------

TEST_F(Authentication, PayloadsOverTheUsersLimitAreRefused) {
    user_.limits.max_payload_bytes = 10;
    transport_.is_user = &user_;
    open();
    send(testing::publish("a", "0123456789"));
    send(testing::publish("a", "0123456789x"));
    send(testing::publish("a", "0123456789"));
    EXPECT_THAT(heard(), ElementsAre("error PAYLOAD_TOO_LARGE"));
    EXPECT_THAT(transport_.published, SizeIs(2));
}

TEST_F(Authentication, AChangeOfPermissionsIsNoticedForTheSameSubject) {
    transport_.is_user = &user_;
    open();
    send(testing::publish("a"));
    user_.publish.allow = {"b"};
    session_->on_user_changed();
    send(testing::publish("a"));
    EXPECT_THAT(heard(), ElementsAre("error PERMISSION_DENIED"));
    EXPECT_THAT(transport_.published, SizeIs(1));
}

}  // namespace
}  // namespace telex::session::native

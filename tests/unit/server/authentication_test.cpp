#include "server/connection/authentication.hpp"

#include "auth/nkey.hpp"
#include "auth/nkey_signature.hpp"
#include "base/base64.hpp"
#include "base/time.hpp"
#include "protocols/registry/protocols.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace telex::server {
namespace {

using access::AuthResult;
using std::chrono::seconds;

constexpr TimePoint kAttemptTime{seconds(1'000)};
constexpr const char* kRemote = "10.0.0";
constexpr const char* kLocal = "";

access::User user(std::string name) {
    access::User user;
    user.name = std::move(name);
    return user;
}

class AuthenticationTest : public ::testing::Test {
protected:
    AuthenticationTest() {
        access::User meter = user("meter");
        meter.tokens.push_back(auth::digest_of("secret"));
        meter.limits.max_connections = 1;
        access::User operators = user("operators");
        operators.uids.push_back(1'000);
        operators.listeners.push_back("local");
        use({meter, operators});
        come_from(kRemote);
    }

    // As a new connection.
    void come_from(std::string attempt_source) {
        authentication_.reset();
        attempt_source_ = std::move(attempt_source);
        slot_ = std::make_unique<ListenerSlot>(listener_, "10.0.0");
        authentication_ = std::make_unique<Authentication>();
    }

    Authentication::Entry entry(std::string_view listener = "local") {
        return {*slot_, listener, listener_user_};
    }

    Authentication::Channel channel(bool secrets_are_safe) const {
        return {
            .secrets_are_safe = secrets_are_safe, .binding = {}, .attempt_source = attempt_source_
        };
    }

    static ListenerSettingsPtr settings() {
        return std::make_shared<ListenerSettings>(
            ListenerOptions{}, *session::find_protocol("telex")
        );
    }

    void use(std::vector<access::User> users) {
        const access::UsersPtr before = authenticator_.users();
        authenticator_.use(std::make_shared<access::Users>(
            std::move(users), std::vector<access::Account>{}, before.get()
        ));
    }

    Authentication::Attempt try_token(
        std::string token, bool secrets_are_safe = true, TimePoint now = kAttemptTime
    ) {
        access::Credentials credentials;
        credentials.kind = access::Credentials::Kind::token;
        credentials.secret = std::move(token);
        return authentication_->attempt(credentials, channel(secrets_are_safe), entry(), now);
    }

    AuthResult show_token(std::string token, bool secrets_are_safe = true) {
        const auto attempt = try_token(std::move(token), secrets_are_safe);
        EXPECT_TRUE(attempt.result);
        return attempt.result.value_or(AuthResult::refused);
    }

    // Shows a password, which is wrong unless the attempt is not checked at all.
    AuthResult show_wrong_password(std::string name) {
        access::Credentials credentials;
        credentials.kind = access::Credentials::Kind::password;
        credentials.user = std::move(name);
        credentials.secret = "wrong";
        const auto attempt =
            authentication_->attempt(credentials, channel(true), entry(), kAttemptTime);
        EXPECT_FALSE(attempt.turn);
        return attempt.result ? *attempt.result
                              : authentication_->finish(false, entry(), kAttemptTime);
    }

    Authenticator authenticator_{nullptr};
    ListenerState listener_{settings(), &authenticator_};
    std::string listener_user_;
    std::string attempt_source_;
    std::unique_ptr<ListenerSlot> slot_;
    std::unique_ptr<Authentication> authentication_;
};

TEST_F(AuthenticationTest, IdentifiesAPeerByWhatTheKernelVouchesFor) {
    const std::uint32_t uid = 1'000;
    EXPECT_EQ(
        authentication_->identify({.certificate = {}, .uid = uid, .gids = {}}, false, entry()),
        AuthResult::authenticated
    );
    EXPECT_EQ(authentication_->user()->name, "operators");
}

TEST_F(AuthenticationTest, RefusesAUserOnAnotherListener) {
    const std::uint32_t uid = 1'000;
    EXPECT_EQ(
        authentication_->identify(
            {.certificate = {}, .uid = uid, .gids = {}}, false, entry("public")
        ),
        AuthResult::refused
    );
    EXPECT_EQ(authentication_->user(), &access::anonymous());
}

TEST_F(AuthenticationTest, TakesTheOwnerOfTheDaemon) {
    EXPECT_EQ(authentication_->identify({}, true, entry()), AuthResult::authenticated);
    EXPECT_EQ(authentication_->user(), &access::owner());
}

TEST_F(AuthenticationTest, TakesAToken) {
    EXPECT_EQ(authentication_->identify({}, false, entry()), AuthResult::refused);
    EXPECT_EQ(show_token("wrong"), AuthResult::refused);
    EXPECT_EQ(show_token("secret"), AuthResult::authenticated);
    EXPECT_EQ(authentication_->user()->name, "meter");
}

TEST_F(AuthenticationTest, TakesNoSecretThatOthersCanRead) {
    EXPECT_EQ(show_token("secret", false), AuthResult::insecure_channel);
}

TEST_F(AuthenticationTest, CountsTheConnectionsOfAUser) {
    EXPECT_EQ(show_token("secret"), AuthResult::authenticated);
    ListenerSlot other_slot(listener_, "10.0.0");
    Authentication other;
    const Authentication::Entry other_entry{other_slot, "local", listener_user_};
    access::Credentials credentials;
    credentials.kind = access::Credentials::Kind::token;
    credentials.secret = "secret";
    EXPECT_EQ(
        other.attempt(credentials, channel(true), other_entry, kAttemptTime).result,
        AuthResult::too_many
    );
    authentication_->release(*slot_);
    EXPECT_EQ(
        other.attempt(credentials, channel(true), other_entry, kAttemptTime).result,
        AuthResult::authenticated
    );
}

TEST_F(AuthenticationTest, IsBusyForANetworkThatFailsTooOften) {
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(show_token("wrong"), AuthResult::refused);
    }
    EXPECT_EQ(show_token("secret"), AuthResult::busy);
}

// They may be other processes of the host.
TEST_F(AuthenticationTest, IsNotBusyForLoopbackWhenTokensFail) {
    for (int i = 0; i < 50; ++i) {
        come_from(kLocal);
        EXPECT_EQ(show_token("wrong"), AuthResult::refused);
    }
    come_from(kLocal);
    EXPECT_EQ(show_token("secret"), AuthResult::authenticated);
}

TEST_F(AuthenticationTest, IsBusyForOneUserNameOfLoopback) {
    access::User anna = user("anna");
    anna.password = "a hash";
    access::User meter = user("meter");
    meter.tokens.push_back(auth::digest_of("secret"));
    use({anna, meter});
    for (const char* name : {"anna", "unknown"}) {
        for (int i = 0; i < 10; ++i) {
            come_from(kLocal);
            EXPECT_EQ(show_wrong_password(name), AuthResult::refused);
        }
        EXPECT_EQ(show_wrong_password(name), AuthResult::busy) << name;
    }
    EXPECT_EQ(show_wrong_password("berta"), AuthResult::refused) << "another name";
    EXPECT_EQ(show_token("secret"), AuthResult::authenticated) << "other credentials";
}

TEST_F(AuthenticationTest, WaitsForItsTurnWhileManyFail) {
    for (std::uint32_t i = 0; i < access::AttemptLimiter::kFailuresAtOnce; ++i) {
        come_from(kLocal);
        EXPECT_EQ(show_token("wrong"), AuthResult::refused);
    }
    come_from(kLocal);
    const auto attempt = try_token("secret");
    EXPECT_FALSE(attempt.result);
    ASSERT_TRUE(attempt.turn);
    EXPECT_GT(*attempt.turn, kAttemptTime);
    EXPECT_LT(*attempt.turn, kAttemptTime + seconds(1));
    EXPECT_EQ(try_token("secret", true, *attempt.turn).result, AuthResult::authenticated);
}

TEST_F(AuthenticationTest, GivesBackATurnThatItDoesNotUse) {
    for (std::uint32_t i = 0; i < access::AttemptLimiter::kFailuresAtOnce; ++i) {
        come_from(kLocal);
        EXPECT_EQ(show_token("wrong"), AuthResult::refused);
    }
    come_from(kLocal);
    const auto first = try_token("secret");
    authentication_->release(*slot_);  // the peer has gone
    come_from(kLocal);
    EXPECT_EQ(try_token("secret").turn, first.turn);
}

TEST_F(AuthenticationTest, ReauthorizesAfterAReload) {
    ASSERT_EQ(show_token("secret"), AuthResult::authenticated);
    const access::User* const before = authentication_->user();
    access::User same = user("meter");
    same.tokens.push_back(auth::digest_of("secret"));
    use({same});
    EXPECT_TRUE(authentication_->reauthorize(access::kDefaultAccount, entry()));
    EXPECT_NE(authentication_->user(), before);
    access::User other_token = user("meter");
    other_token.tokens.push_back(auth::digest_of("another"));
    use({other_token});
    EXPECT_FALSE(authentication_->reauthorize(access::kDefaultAccount, entry()));
}

TEST_F(AuthenticationTest, MakesAChallengeForOneAttempt) {
    const std::string challenge = authentication_->make_challenge();
    EXPECT_EQ(challenge.size(), 32U);
    EXPECT_NE(authentication_->make_challenge(), challenge);
}

// --- nkeys ---------------------------------------------------------------------------------------

class NkeyAuthentication : public AuthenticationTest {
protected:
    NkeyAuthentication() {
        access::User robot = user("robot");
        robot.keys.push_back(key_.public_key());
        use({robot});
    }

    // `nonce`: that is signed.
    AuthResult show(const auth::SigningKey& key, std::string_view nonce) {
        return show(auth::to_nkey(key.public_key()), to_base64(key.sign(nonce)));
    }

    AuthResult show(std::string public_key, std::string signature) {
        access::Credentials credentials;
        credentials.kind = access::Credentials::Kind::nkey;
        credentials.public_key = std::move(public_key);
        credentials.signature = std::move(signature);
        // Not a secret: others may read it. The channel is not signed.
        Authentication::Channel by = channel(false);
        by.binding = "binding";
        const auto attempt = authentication_->attempt(credentials, by, entry(), kAttemptTime);
        return attempt.result.value_or(AuthResult::busy);
    }

    std::string challenge_text() { return auth::nkey_nonce(authentication_->make_challenge()); }

    const auth::SigningKey key_ = auth::SigningKey::generate();
};

TEST_F(NkeyAuthentication, TakesASignatureOfTheTextOfTheChallenge) {
    EXPECT_EQ(show(key_, challenge_text()), AuthResult::authenticated);
    EXPECT_EQ(authentication_->user()->name, "robot");
}

TEST_F(NkeyAuthentication, LastsAsLongAsTheKeyIsTheUsers) {
    ASSERT_EQ(show(key_, challenge_text()), AuthResult::authenticated);
    EXPECT_TRUE(authentication_->reauthorize(access::kDefaultAccount, entry()));
    access::User other = user("robot");
    other.keys.push_back(auth::SigningKey::generate().public_key());
    use({other});
    EXPECT_FALSE(authentication_->reauthorize(access::kDefaultAccount, entry()));
}

TEST_F(NkeyAuthentication, TakesAChallengeOnce) {
    const std::string nonce = challenge_text();
    EXPECT_EQ(show(key_, challenge_text()), AuthResult::authenticated);
    EXPECT_EQ(show(key_, nonce), AuthResult::refused);
}

TEST_F(NkeyAuthentication, RefusesOtherStatements) {
    const std::string challenge = authentication_->make_challenge();
    EXPECT_EQ(show(key_, challenge), AuthResult::refused) << "its bytes";
    const std::string bound = authentication_->make_challenge();
    EXPECT_EQ(show(key_, auth::challenge_statement(bound, "binding")), AuthResult::refused)
        << "the statement of the native protocol";
    EXPECT_EQ(show(key_, ""), AuthResult::refused) << "no challenge";
}

TEST_F(NkeyAuthentication, RefusesOtherKeysAndSignatures) {
    EXPECT_EQ(show(auth::SigningKey::generate(), challenge_text()), AuthResult::refused);
    const std::string name = auth::to_nkey(key_.public_key());
    const std::string good = to_base64(key_.sign(challenge_text()));
    EXPECT_EQ(show(name.substr(1), good), AuthResult::refused);
    const std::string nonce = challenge_text();
    EXPECT_EQ(show(name, to_base64(key_.sign(nonce)).substr(4)), AuthResult::refused);
    EXPECT_EQ(show("", ""), AuthResult::refused);
}

TEST_F(NkeyAuthentication, CountsFailures) {
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(show(key_, "another nonce"), AuthResult::refused);
    }
    EXPECT_EQ(show(key_, challenge_text()), AuthResult::busy);
}

// A key of the native protocol signs more than the nonce: the text is not enough.
TEST_F(NkeyAuthentication, IsNotTakenForAKeyOfTheNativeProtocol) {
    const auth::PublicKey bytes = key_.public_key();
    access::Credentials credentials;
    credentials.kind = access::Credentials::Kind::key;
    credentials.public_key.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    credentials.signature = key_.sign(challenge_text());
    EXPECT_EQ(
        authentication_->attempt(credentials, channel(true), entry(), kAttemptTime).result,
        AuthResult::refused
    );
}

}  // namespace
}  // namespace telex::server

// Credentials of a client, and its signature.
#include "auth/signing_key.hpp"
#include "support/temporary_folder.hpp"
#include "unit/client/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::test {
namespace {

using ::testing::HasSubstr;

class OfCredentials : public ::testing::Test {
protected:
    // The server's end, with the Hello that came.
    FakePeer meet(ClientOptions options, v1::Hello& hello) {
        connecting_ = meanwhile([options] { return Client::connect(options); });
        FakePeer peer = server_.accept();
        hello = peer.read_until(v1::Frame::kHello).hello();
        return peer;
    }

    ClientOptions with_key() {
        ClientOptions options = options_for(server_);
        options.credentials = KeyFile{key_file_};
        return options;
    }

    static void challenge(FakePeer& peer, const std::string& nonce) {
        v1::Frame frame;
        frame.mutable_challenge()->set_nonce(nonce);
        peer.send(frame);
    }

    static void welcome(FakePeer& peer) {
        v1::Frame frame;
        frame.mutable_welcome()->set_version(1);
        peer.send(frame);
    }

    const auth::SigningKey key_ = auth::SigningKey::generate();
    const TemporaryFolder folder_;
    const std::string key_file_ = folder_.write("key.pem", key_.pem());
    FakeServer server_;
    std::future<Expected<Client>> connecting_;
};

TEST_F(OfCredentials, OfAUserAreInHello) {
    ClientOptions options = options_for(server_);
    options.credentials = UserPassword{"anna", "secret"};
    v1::Hello hello;
    FakePeer peer = meet(options, hello);
    EXPECT_EQ(hello.user(), "anna");
    EXPECT_EQ(hello.password(), "secret");
    EXPECT_TRUE(hello.token().empty());
    EXPECT_TRUE(hello.public_key().empty());
    welcome(peer);
    EXPECT_TRUE(connecting_.get());
    peer.close();
}

TEST_F(OfCredentials, OfAKeyGiveASignature) {
    v1::Hello hello;
    FakePeer peer = meet(with_key(), hello);
    const auth::PublicKey key = key_.public_key();
    EXPECT_EQ(
        hello.public_key(), std::string(reinterpret_cast<const char*>(key.data()), key.size())
    );
    const std::string nonce(32, 'n');
    challenge(peer, nonce);
    const std::string signature = peer.read_until(v1::Frame::kProof).proof().signature();
    EXPECT_TRUE(auth::signature_fits(key, auth::challenge_statement(nonce, ""), signature));
    welcome(peer);
    EXPECT_TRUE(connecting_.get());
    peer.close();
}

TEST_F(OfCredentials, AreSentAgainAfterALoss) {
    v1::Hello hello;
    FakePeer peer = meet(with_key(), hello);
    challenge(peer, std::string(32, '1'));
    peer.read_until(v1::Frame::kProof);
    welcome(peer);
    auto client = connecting_.get();
    ASSERT_TRUE(client);
    peer.close();
    FakePeer again = server_.accept();
    EXPECT_FALSE(again.read_until(v1::Frame::kHello).hello().public_key().empty());
    challenge(again, std::string(32, '2'));
    again.read_until(v1::Frame::kProof);
    welcome(again);
    again.close();
}

// Nothing is signed but what was asked for, in the form that was agreed upon, and once.
TEST_F(OfCredentials, AreNotSentForAnUnexpectedChallenge) {
    for (const std::string& nonce : {std::string(), std::string(31, 'n'), std::string(33, 'n')}) {
        ClientOptions options = with_key();
        options.reconnect.enabled = false;
        v1::Hello hello;
        FakePeer peer = meet(options, hello);
        challenge(peer, nonce);
        const auto client = connecting_.get();
        ASSERT_FALSE(client);
        EXPECT_THAT(client.error().text, HasSubstr("unexpected Challenge"));
    }
    ClientOptions options = with_key();
    options.reconnect.enabled = false;
    v1::Hello hello;
    FakePeer peer = meet(options, hello);
    challenge(peer, std::string(32, '1'));
    peer.read_until(v1::Frame::kProof);
    challenge(peer, std::string(32, '2'));
    EXPECT_FALSE(connecting_.get());
}

TEST_F(OfCredentials, WithoutAKeyGiveNoSignature) {
    ClientOptions options = options_for(server_);
    options.reconnect.enabled = false;
    v1::Hello hello;
    FakePeer peer = meet(options, hello);
    challenge(peer, std::string(32, 'n'));
    EXPECT_FALSE(connecting_.get());
}

TEST_F(OfCredentials, OfATokenAreInHello) {
    ClientOptions options = options_for(server_);
    options.credentials = Token{"secret"};
    v1::Hello hello;
    FakePeer peer = meet(options, hello);
    EXPECT_EQ(hello.token(), "secret");
    EXPECT_TRUE(hello.user().empty());
    welcome(peer);
    EXPECT_TRUE(connecting_.get());
}

TEST_F(OfCredentials, MustNotBeEmpty) {
    const std::vector<Credentials> empty{UserPassword{"", "secret"}, Token{}, KeyFile{}};
    for (const Credentials& credentials : empty) {
        ClientOptions options = options_for(server_);
        options.credentials = credentials;
        const auto client = Client::connect(options);
        ASSERT_FALSE(client);
        EXPECT_EQ(client.error().code, Errc::invalid_argument);
        EXPECT_THAT(client.error().text, HasSubstr("credentials: the user"));
    }
}

TEST_F(OfCredentials, NameAMissingKeyFile) {
    ClientOptions options = options_for(server_);
    options.credentials = KeyFile{folder_.path("none.pem")};
    const auto client = Client::connect(options);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, Errc::invalid_argument);
    EXPECT_THAT(client.error().text, HasSubstr("none.pem: No such file"));
}

}  // namespace
}  // namespace telex::test

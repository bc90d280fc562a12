// Users that are known by what they say, and what they take.
#include "access/users.hpp"
#include "auth/password_hash.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

namespace telex::access {
namespace {

std::string bytes_of(const auth::PublicKey& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

User with_password(std::string name, std::string hash) {
    User user;
    user.name = std::move(name);
    user.password = std::move(hash);
    return user;
}

User with_token(std::string name, std::string_view token) {
    User user;
    user.name = std::move(name);
    user.tokens = {auth::digest_of("an older one"), auth::digest_of(token)};
    return user;
}

User with_key(std::string name, const auth::PublicKey& key) {
    User user;
    user.name = std::move(name);
    user.keys = {key};
    return user;
}

const auth::PublicKey kKey{1, 2, 3};

class KnownBySaying : public ::testing::Test {
protected:
    std::vector<User> list_{
        with_password("anna", "hash of anna"),
        with_password("bert", "hash of bert"),
        with_token("robot", "telex_1"),
        with_key("keyed", kKey),
    };
    Users users_{list_};
};

TEST_F(KnownBySaying, AToken) {
    ASSERT_NE(users_.with_token("telex_1").user, nullptr);
    EXPECT_EQ(users_.with_token("telex_1").user->name, "robot");
    EXPECT_EQ(users_.with_token("an older one").user->name, "robot");
    for (const std::string_view wrong : {"", "telex_", "telex_11", "robot"}) {
        EXPECT_EQ(users_.with_token(wrong).user, nullptr) << wrong;
    }
}

TEST_F(KnownBySaying, AKey) {
    EXPECT_EQ(users_.with_key(bytes_of(kKey)).user->name, "keyed");
    EXPECT_EQ(users_.with_key(bytes_of(auth::PublicKey{})).user, nullptr);
    EXPECT_EQ(users_.with_key(std::string(bytes_of(kKey)).substr(1)).user, nullptr);
    EXPECT_EQ(users_.with_key("").user, nullptr);
}

TEST_F(KnownBySaying, APassword) {
    const auto check = users_.password_check("bert");
    ASSERT_NE(check.identity.user, nullptr);
    EXPECT_EQ(check.identity.user->name, "bert");
    EXPECT_EQ(check.hash, "hash of bert");
}

TEST_F(KnownBySaying, UnknownUsersCostTheSameWork) {
    for (const std::string_view name : {"", "carl", "robot"}) {
        const auto check = users_.password_check(name);
        EXPECT_EQ(check.identity.user, nullptr) << name;
        EXPECT_EQ(check.hash, "hash of anna") << name;
    }
    EXPECT_TRUE(Users({with_token("robot", "x")}).password_check("robot").hash.empty());
}

TEST_F(KnownBySaying, AgainAsLongAsItIsTheirs) {
    const auto robot = users_.with_token("telex_1");
    const auto keyed = users_.with_key(bytes_of(kKey));
    const auto bert = users_.password_check("bert").identity;
    EXPECT_NE(users_.again("robot", robot.credential, ""), nullptr);
    EXPECT_NE(users_.again("keyed", keyed.credential, ""), nullptr);
    EXPECT_NE(users_.again("bert", bert.credential, ""), nullptr);
    EXPECT_EQ(users_.again("anna", robot.credential, ""), nullptr);
    list_[1].password = "a new hash";
    list_[2].tokens = {auth::digest_of("telex_2")};
    list_[3].keys = {auth::PublicKey{}};
    const Users changed(list_, {}, &users_);
    EXPECT_EQ(changed.again("robot", robot.credential, ""), nullptr);
    EXPECT_EQ(changed.again("keyed", keyed.credential, ""), nullptr);
    EXPECT_EQ(changed.again("bert", bert.credential, ""), nullptr);
}

TEST_F(KnownBySaying, AgainByWhatOthersVouchFor) {
    User user;
    user.name = "all";
    user.uids = {1};
    user.gids = {2};
    user.certificates = {"c"};
    const Users users({user});
    for (const CredentialRef& credential : {
             CredentialRef{CredentialRef::Kind::uid, "", 1},
             CredentialRef{CredentialRef::Kind::gid, "", 2},
             CredentialRef{CredentialRef::Kind::certificate, "c"},
             CredentialRef{CredentialRef::Kind::listener},
         }) {
        EXPECT_NE(users.again("all", credential, "all"), nullptr);
        EXPECT_EQ(Users({User{.name = "all"}}).again("all", credential, "another"), nullptr);
    }
}

TEST(Charge, IsGivenBackOnce) {
    const auto usage = std::make_shared<Usage>();
    {
        auto first = Charge::take(usage, &Usage::connections, 2);
        auto second = Charge::take(usage, &Usage::connections, 2);
        ASSERT_TRUE(first && second);
        EXPECT_FALSE(Charge::take(usage, &Usage::connections, 2)) << "two, and no more";
        EXPECT_TRUE(Charge::take(usage, &Usage::connections, std::nullopt)) << "without a limit";
        EXPECT_EQ(usage->connections, 2U);
        const Charge moved = *std::move(first);
        EXPECT_EQ(usage->connections, 2U);
        *second = Charge();
        EXPECT_EQ(usage->connections, 1U);
    }
    EXPECT_EQ(usage->connections, 0U);
}

TEST(Charge, OutlivesTheListOfUsers) {
    auto users = std::make_unique<Users>(std::vector<User>{with_token("a", "x")});
    const User* user = users->named("a");
    std::optional<Charge> charge = Charge::take(user->usage, &Usage::subscriptions, 1);
    auto after = std::make_unique<Users>(
        std::vector<User>{with_token("a", "y")}, std::vector<Account>{}, users.get()
    );
    users.reset();
    EXPECT_EQ(after->named("a")->usage->subscriptions, 1U) << "a reload forgets nothing";
    after.reset();
    charge.reset();
}

TEST(Anonymous, MayDoNothing) {
    EXPECT_FALSE(anonymous().publish.allows("a"));
    EXPECT_FALSE(anonymous().subscribe.allows("a"));
    EXPECT_FALSE(anonymous().subscribe.allows_filter("a"));
}

}  // namespace
}  // namespace telex::access

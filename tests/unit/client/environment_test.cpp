#include "client/environment.hpp"

#include "auth/nkey.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <string>
#include <variant>

namespace telex::client {
namespace {

class ClientEnvironment : public testing::Test {
protected:
    ClientEnvironment() { clear(); }

    ~ClientEnvironment() override { clear(); }

    static void clear() {
        for (const char* name : {"TELEX_URL", "TELEX_USER", "TELEX_CREDENTIALS"}) {
            ::unsetenv(name);
        }
    }

    static void set(const char* name, const std::string& value) {
        ::setenv(name, value.c_str(), 1);
    }

    void set_credentials(const std::string& text) {
        set("TELEX_CREDENTIALS", folder_.write("secret", text));
    }

    static std::string error_of() {
        const auto options = with_environment({});
        if (options) {
            return "no error";
        }
        EXPECT_EQ(options.error().code, Errc::invalid_argument);
        return options.error().text;
    }

    test::TemporaryFolder folder_;
};

TEST_F(ClientEnvironment, ChangesNothingIfUnsetOrEmpty) {
    for (const bool empty : {false, true}) {
        if (empty) {
            set("TELEX_URL", "");
            set("TELEX_USER", "");
            set("TELEX_CREDENTIALS", "");
        }
        const auto options = with_environment({});
        ASSERT_TRUE(options);
        EXPECT_THAT(options->servers, testing::IsEmpty());
        EXPECT_THAT(options->credentials, testing::VariantWith<std::monostate>(testing::_));
    }
}

TEST_F(ClientEnvironment, NamesServers) {
    set("TELEX_URL", "one:1,,tls://two:2,");
    EXPECT_THAT(with_environment({})->servers, testing::ElementsAre("one:1", "tls://two:2"));
}

TEST_F(ClientEnvironment, NamesAUserWithThePasswordInAFile) {
    set("TELEX_USER", "anna");
    set_credentials("secret\r\nrest");
    const auto options = with_environment({});
    ASSERT_TRUE(options);
    const auto& user = std::get<UserPassword>(options->credentials);
    EXPECT_EQ(user.user, "anna");
    EXPECT_EQ(user.password, "secret");
}

TEST_F(ClientEnvironment, NamesATokenOrAKeyFile) {
    set_credentials("token\n");
    EXPECT_EQ(std::get<Token>(with_environment({})->credentials).value, "token");
    set_credentials("-----BEGIN PRIVATE KEY-----\n");
    const auto with_key = with_environment({});
    EXPECT_EQ(std::get<KeyFile>(with_key->credentials).path, std::getenv("TELEX_CREDENTIALS"));
    set_credentials(auth::to_nkey_seed(auth::SigningKey::generate()));
    const auto with_seed = with_environment({});
    EXPECT_EQ(std::get<KeyFile>(with_seed->credentials).path, std::getenv("TELEX_CREDENTIALS"));
}

TEST_F(ClientEnvironment, IsIgnoredIfAServerIsNamed) {
    set("TELEX_URL", "other");
    set_credentials("token\n");
    ClientOptions options;
    options.servers = {"mine"};
    const auto result = with_environment(options);
    EXPECT_THAT(result->servers, testing::ElementsAre("mine"));
    EXPECT_THAT(result->credentials, testing::VariantWith<std::monostate>(testing::_));
}

TEST_F(ClientEnvironment, LeavesGivenCredentials) {
    set("TELEX_URL", "exchange");
    set("TELEX_USER", "anna");
    set_credentials("secret\n");
    ClientOptions options;
    options.credentials = Token{"mine"};
    const auto result = with_environment(options);
    EXPECT_THAT(result->servers, testing::ElementsAre("exchange"));
    EXPECT_EQ(std::get<Token>(result->credentials).value, "mine");
}

TEST_F(ClientEnvironment, RejectsWhatIsIncomplete) {
    set("TELEX_USER", "anna");
    EXPECT_THAT(error_of(), testing::StartsWith("TELEX_USER: set TELEX_CREDENTIALS"));
    set("TELEX_CREDENTIALS", "/nonexistent/file");
    EXPECT_THAT(error_of(), testing::HasSubstr("/nonexistent/file: cannot be read"));
    set("TELEX_CREDENTIALS", "/dev/zero");
    EXPECT_THAT(error_of(), testing::HasSubstr("/dev/zero: the first line must be"));
    for (const std::string& text : {std::string(), std::string("\n"), std::string(8'193, 'x')}) {
        set_credentials(text);
        EXPECT_THAT(error_of(), testing::StartsWith("TELEX_CREDENTIALS: "));
    }
}

}  // namespace
}  // namespace telex::client

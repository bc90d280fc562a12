#include "auth/signing_key.hpp"
#include "support/temporary_folder.hpp"
#include "unit/c/support.hpp"

#include <string>

namespace telex::test {
namespace {

using ::testing::HasSubstr;

// The Hello of a client with these options; the connection then ends.
template <class Change>
v1::Hello hello_with(Change change) {
    FakeServer server;
    const auto options = c_options_for(server);
    change(options.get());
    telex_client* client = nullptr;
    EXPECT_EQ(telex_connect_in_background(options.get(), &client), TELEX_OK);
    const COwner<telex_client> owner(client);
    return server.accept().read_until(v1::Frame::kHello).hello();
}

std::string connect_fault(const telex_options* options) {
    telex_client* client = nullptr;
    EXPECT_EQ(telex_connect(options, &client), TELEX_INVALID_ARGUMENT);
    EXPECT_EQ(client, nullptr);
    return telex_error_text();
}

TEST(COptions, ReachTheServer) {
    const auto hello = hello_with([](telex_options* options) {
        EXPECT_EQ(telex_options_set_text(options, TELEX_NAME, "unit/1"), TELEX_OK);
        EXPECT_EQ(telex_options_set_number(options, TELEX_NO_ECHO, 1), TELEX_OK);
        EXPECT_EQ(telex_options_set_password(options, "anna", "secret"), TELEX_OK);
    });
    EXPECT_EQ(hello.client_name(), "unit/1");
    EXPECT_TRUE(hello.no_echo());
    EXPECT_EQ(hello.user(), "anna");
    EXPECT_EQ(hello.password(), "secret");
}

TEST(COptions, LastCredentialsCount) {
    const auto hello = hello_with([](telex_options* options) {
        EXPECT_EQ(telex_options_set_password(options, "anna", "secret"), TELEX_OK);
        EXPECT_EQ(telex_options_set_text(options, TELEX_TOKEN, "t"), TELEX_OK);
    });
    EXPECT_EQ(hello.token(), "t");
    EXPECT_EQ(hello.user(), "");
    const TemporaryFolder folder;
    const auto key = auth::SigningKey::generate();
    const std::string file = folder.write("key.pem", key.pem());
    const auto with_key = hello_with([&](telex_options* options) {
        EXPECT_EQ(telex_options_set_text(options, TELEX_KEY_FILE, file.c_str()), TELEX_OK);
    });
    EXPECT_FALSE(with_key.public_key().empty());
}

TEST(COptions, AreCheckedWithTheirKeyAndRange) {
    const COwner<telex_options> owner(telex_options_new());
    telex_options* const options = owner.get();
    const auto number = [&](int key, std::int64_t value) {
        EXPECT_EQ(
            telex_options_set_number(options, static_cast<telex_number_option>(key), value),
            TELEX_INVALID_ARGUMENT
        );
        return std::string(telex_error_text());
    };
    EXPECT_EQ(number(0, 1), "unknown option 0");
    EXPECT_EQ(number(TELEX_NO_ECHO + 1, 1), "unknown option " + std::to_string(TELEX_NO_ECHO + 1));
    EXPECT_THAT(number(TELEX_NO_ECHO, 2), HasSubstr("expected 0 to 1, found 2"));
    EXPECT_THAT(number(TELEX_CONNECT_TIMEOUT, -1), HasSubstr("found -1"));
    EXPECT_EQ(
        telex_options_set_text(options, static_cast<telex_text_option>(99), "x"),
        TELEX_INVALID_ARGUMENT
    );
}

// One value for each key that telex_connect() refuses shows that the key reaches its option.
TEST(COptions, AreCheckedByConnect) {
    for (const auto key :
         {TELEX_CONNECT_TIMEOUT,
          TELEX_ATTEMPT_TIMEOUT,
          TELEX_REQUEST_TIMEOUT,
          TELEX_PING_INTERVAL,
          TELEX_MAX_BUFFERED_BYTES,
          TELEX_MAX_FRAME_BYTES,
          TELEX_RECONNECT_DELAY,
          TELEX_RECONNECT_MAX_DELAY,
          TELEX_RECONNECT_MAX_ROUNDS}) {
        const COwner<telex_options> options(telex_options_new());
        EXPECT_EQ(telex_options_add_server(options.get(), dead_url().c_str()), TELEX_OK);
        EXPECT_EQ(telex_options_set_number(options.get(), key, 0), TELEX_OK);
        EXPECT_THAT(connect_fault(options.get()), HasSubstr("ClientOptions")) << key;
    }
}

TEST(COptions, OfTlsAreCheckedByConnect) {
    const auto fault = [](telex_text_option key) {
        const COwner<telex_options> options(telex_options_new());
        EXPECT_EQ(telex_options_add_server(options.get(), "tls://127.0.0.1:1"), TELEX_OK);
        EXPECT_EQ(telex_options_set_text(options.get(), key, "/nonexistent"), TELEX_OK);
        return connect_fault(options.get());
    };
    EXPECT_THAT(fault(TELEX_TLS_CA_FILE), HasSubstr("/nonexistent"));
    EXPECT_THAT(fault(TELEX_TLS_CERTIFICATE_FILE), HasSubstr("requires its key"));
    EXPECT_THAT(fault(TELEX_TLS_CERTIFICATE_KEY_FILE), HasSubstr("requires its key"));
}

}  // namespace
}  // namespace telex::test

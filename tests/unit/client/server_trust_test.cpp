#include "client/server_trust.hpp"

#include "support/fake_server.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace telex::client {
namespace {

using ::testing::HasSubstr;

class SocketFolder : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(::mkdir(folder().c_str(), 0700), 0); }

    std::string folder() const { return base_.path("telex"); }

    // Why a socket there is not trusted.
    Error fault() const {
        const auto owner = find_socket_owner(folder() + "/telex.sock");
        EXPECT_FALSE(owner);
        return owner ? Error{} : owner.error();
    }

    const test::TemporaryFolder base_;
};

TEST_F(SocketFolder, IsTrustedIfOwned) {
    for (const mode_t mode : {0700U, 0755U, 0711U}) {
        ASSERT_EQ(::chmod(folder().c_str(), mode), 0);
        const auto owner = find_socket_owner(folder() + "/telex.sock");
        ASSERT_TRUE(owner) << owner.error().text;
        EXPECT_EQ(owner->user, ::geteuid());
    }
}

TEST_F(SocketFolder, IsNotTrustedIfWritableByOthers) {
    for (const mode_t mode : {0770U, 0707U, 01777U}) {
        ASSERT_EQ(::chmod(folder().c_str(), mode), 0);
        EXPECT_EQ(fault().code, Errc::untrusted_server);
        EXPECT_THAT(fault().text, HasSubstr("others may write to " + folder()));
    }
}

TEST_F(SocketFolder, IsNotTrustedThroughASymbolicLink) {
    ASSERT_EQ(::rename(folder().c_str(), base_.path("real").c_str()), 0);
    ASSERT_EQ(::symlink(base_.path("real").c_str(), folder().c_str()), 0);
    EXPECT_EQ(fault().code, Errc::untrusted_server);
    EXPECT_THAT(fault().text, HasSubstr("symbolic link"));
}

TEST_F(SocketFolder, IsNotTrustedIfAnotherUserOwnsIt) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can give a folder away";
    }
    ASSERT_EQ(::chown(folder().c_str(), 12'345, 12'345), 0);
    EXPECT_EQ(fault().code, Errc::untrusted_server);
    EXPECT_THAT(fault().text, HasSubstr(folder() + " belongs to user 12345"));
}

TEST_F(SocketFolder, MissingIsAnOrdinaryFailure) {
    ASSERT_EQ(::rmdir(folder().c_str()), 0);
    EXPECT_EQ(fault().code, Errc::connect_failed);
    EXPECT_EQ(fault().text, "No such file or directory");
}

TEST(CheckListener, AcceptsAProcessOfThisUser) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    EXPECT_FALSE(check_listener(ends[0], {}));
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(CheckListener, FailsWithoutCredentials) {
    const auto fault = check_listener(-1, {});
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->code, Errc::untrusted_server);
}

TEST(CheckServer, KeepsCredentialsFromDefaultAddressesWithoutTls) {
    const std::vector<Credentials> all{
        UserPassword{"anna", "secret"}, Token{"t"}, KeyFile{"key.pem"}
    };
    Endpoint server = parse_servers({"tcp://127.0.0.1:4650"}).value().front();
    for (const Credentials& credentials : all) {
        server.is_default = true;
        const auto checked = check_server(server, credentials);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, Errc::untrusted_server);
        EXPECT_THAT(checked.error().text, HasSubstr("without TLS"));
        server.is_default = false;
        EXPECT_TRUE(check_server(server, credentials)) << "a server that was named";
    }
    server.is_default = true;
    EXPECT_TRUE(check_server(server, {})) << "without credentials";
}

TEST(CheckServer, DoesNotCheckAConfiguredSocket) {
    const Endpoint server = parse_servers({"unix:///nowhere/telex.sock"}).value().front();
    const auto checked = check_server(server, Token{"t"});
    ASSERT_TRUE(checked);
    EXPECT_FALSE(*checked);
}

TEST(CheckServer, AllDefaultServersAreMarked) {
    const auto servers = parse_servers({});
    ASSERT_TRUE(servers);
    for (const Endpoint& server : *servers) {
        EXPECT_TRUE(server.is_default) << server.url;
    }
    EXPECT_FALSE(parse_servers({"tcp://127.0.0.1:4650"}).value().front().is_default);
}

}  // namespace
}  // namespace telex::client

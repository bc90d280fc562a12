// Two channels over a socket pair: what both sides see, step by step.
#include "tls/channel.hpp"

#include "support/certificates.hpp"
#include "tls/client_context.hpp"
#include "tls/peer_certificate.hpp"
#include "tls/server_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

namespace telex::tls {
namespace {

using ::testing::HasSubstr;

class Pair {
public:
    Pair(ContextPtr server_context, ContextPtr client_context) {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds_.data()) != 0) {
            throw std::runtime_error("socketpair");
        }
        server =
            std::make_unique<Channel>(std::move(server_context), fds_[0], Channel::Side::server);
        client =
            std::make_unique<Channel>(std::move(client_context), fds_[1], Channel::Side::client);
    }

    ~Pair() {
        for (const int fd : fds_) {
            ::close(fd);
        }
    }

    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    // Both sides in turn, until both are done or one has failed.
    bool shake_hands() {
        IoStatus at_client = IoStatus::wait_read;
        IoStatus at_server = IoStatus::wait_read;
        for (int turn = 0; turn < 100; ++turn) {
            at_client = at_client == IoStatus::done ? IoStatus::done : client->handshake().status;
            at_server = at_server == IoStatus::done ? IoStatus::done : server->handshake().status;
            if (at_client == IoStatus::error || at_server == IoStatus::error) {
                (void)client->handshake();  // reads the alert, if there is one
                return false;
            }
            if (at_client == IoStatus::done && at_server == IoStatus::done) {
                return true;
            }
        }
        return false;
    }

    int server_fd() const { return fds_[0]; }

    int client_fd() const { return fds_[1]; }

    std::unique_ptr<Channel> server;
    std::unique_ptr<Channel> client;

private:
    std::array<int, 2> fds_{};
};

class TlsChannel : public ::testing::Test {
protected:
    TlsChannel() { certificates_.issue("server"); }

    ServerOptions server_options() const {
        ServerOptions options;
        options.certificate = certificates_.certificate("server");
        options.key = certificates_.key("server");
        return options;
    }

    ServerOptions asking(ClientCertificate what) const {
        ServerOptions options = server_options();
        options.client_ca = certificates_.certificate("ca");
        options.client_certificate = what;
        return options;
    }

    ClientOptions client_options() const {
        ClientOptions options;
        options.ca = certificates_.certificate("ca");
        return options;
    }

    ClientOptions showing(const std::string& name) const {
        ClientOptions options = client_options();
        options.certificate = certificates_.certificate(name);
        options.key = certificates_.key(name);
        return options;
    }

    static std::unique_ptr<Pair> pair(const ServerOptions& server, const ClientOptions& client) {
        return std::make_unique<Pair>(
            make_server_context(server).value(), make_client_context(client).value()
        );
    }

    // With TLS 1.3 a client is done before the server has seen its certificate.
    std::string failure_of_server(const ServerOptions& server, const ClientOptions& client) {
        const auto both = pair(server, client);
        EXPECT_FALSE(both->shake_hands());
        return both->server->failure();
    }

    std::string failure_of_client(const std::string& name) {
        const auto both = pair(server_options(), client_options());
        both->client->expect_server(name);
        EXPECT_FALSE(both->shake_hands());
        return both->client->failure();
    }

    testing::Certificates certificates_;
};

TEST_F(TlsChannel, CarriesBytesBothWays) {
    const auto both = pair(server_options(), client_options());
    both->client->expect_server("localhost");
    ASSERT_TRUE(both->shake_hands());
    EXPECT_EQ(both->server->version(), "TLSv1.3");
    std::array<char, 64> buffer{};
    EXPECT_EQ(both->server->read(buffer.data(), buffer.size()).status, IoStatus::wait_read);
    ASSERT_EQ(both->client->write("hello", 5).bytes, 5U);
    ASSERT_EQ(both->client->write(" you", 4).bytes, 4U);
    const IoResult got = both->server->read(buffer.data(), buffer.size());
    EXPECT_EQ(std::string_view(buffer.data(), got.bytes), "hello you")
        << "several records, one read";
    EXPECT_TRUE(both->server->drained());
    ASSERT_EQ(both->server->write("yes", 3).bytes, 3U);
    EXPECT_EQ(both->client->read(buffer.data(), buffer.size()).bytes, 3U);
}

TEST_F(TlsChannel, FillsASmallBufferAndKeepsTheRest) {
    const auto both = pair(server_options(), client_options());
    ASSERT_TRUE(both->shake_hands());
    ASSERT_EQ(both->client->write("abcdef", 6).bytes, 6U);
    std::array<char, 4> buffer{};
    EXPECT_EQ(both->server->read(buffer.data(), buffer.size()).bytes, 4U);
    EXPECT_FALSE(both->server->drained());
    EXPECT_EQ(both->server->read(buffer.data(), buffer.size()).bytes, 2U);
    EXPECT_TRUE(both->server->drained());
}

TEST_F(TlsChannel, WaitsForSpaceAndRepeatsTheSameBytes) {
    const auto both = pair(server_options(), client_options());
    ASSERT_TRUE(both->shake_hands());
    const std::string sent(1U << 20U, 'x');
    std::size_t written = 0;
    std::size_t read = 0;
    bool waited = false;
    std::string buffer(64U << 10U, '\0');
    while (read < sent.size()) {
        IoResult result;
        while (written < sent.size() && result.status == IoStatus::done) {
            const std::string moved = sent.substr(written);  // elsewhere in memory each time
            result = both->server->write(moved.data(), moved.size());
            written += result.bytes;
        }
        waited |= result.status == IoStatus::wait_write;
        result = both->client->read(buffer.data(), buffer.size());
        ASSERT_NE(result.status, IoStatus::error) << both->client->failure();
        read += result.bytes;
    }
    EXPECT_TRUE(waited);
    EXPECT_EQ(read, sent.size());
}

TEST_F(TlsChannel, DistinguishesCloseNotifyFromTruncation) {
    std::array<char, 8> buffer{};
    const auto said = pair(server_options(), client_options());
    ASSERT_TRUE(said->shake_hands());
    said->client->finish();
    EXPECT_EQ(said->server->read(buffer.data(), buffer.size()).status, IoStatus::end);
    const auto cut = pair(server_options(), client_options());
    ASSERT_TRUE(cut->shake_hands());
    ::shutdown(cut->client_fd(), SHUT_WR);
    EXPECT_EQ(cut->server->read(buffer.data(), buffer.size()).status, IoStatus::error);
}

TEST_F(TlsChannel, PeeksAtBytesAndAtTheEndWithoutTakingThem) {
    const auto said = pair(server_options(), client_options());
    ASSERT_TRUE(said->shake_hands());
    EXPECT_EQ(said->server->peek().status, IoStatus::wait_read);
    ASSERT_EQ(said->client->write("abc", 3).bytes, 3U);
    said->client->finish();
    EXPECT_EQ(said->server->peek().status, IoStatus::done) << "the bytes come before the end";
    std::array<char, 3> buffer{};
    EXPECT_EQ(said->server->read(buffer.data(), buffer.size()).bytes, 3U);
    EXPECT_EQ(said->server->peek().status, IoStatus::end);
    EXPECT_EQ(said->server->read(buffer.data(), buffer.size()).status, IoStatus::end);
}

TEST_F(TlsChannel, RaisesNoSignalWhenThePeerIsGone) {
    const auto both = pair(server_options(), client_options());
    ASSERT_TRUE(both->shake_hands());
    ASSERT_NE(std::signal(SIGPIPE, SIG_DFL), SIG_ERR);
    ::shutdown(both->client_fd(), SHUT_RDWR);
    EXPECT_EQ(both->server->write("x", 1).status, IoStatus::error);
}

TEST_F(TlsChannel, ChecksTheNameOfTheServer) {
    const std::string names = ": the certificate is for localhost, 127.0.0.1, ::1";
    EXPECT_EQ(failure_of_client("example.org"), "certificate: hostname mismatch" + names);
    EXPECT_EQ(failure_of_client("127.0.0.2"), "certificate: IP address mismatch" + names);
    const auto both = pair(server_options(), client_options());
    both->client->expect_server("127.0.0.1");
    EXPECT_TRUE(both->shake_hands());
}

TEST_F(TlsChannel, RejectsAnUnknownAuthority) {
    const testing::Certificates others;
    ClientOptions options;
    options.ca = others.certificate("ca");
    const auto both = pair(server_options(), options);
    EXPECT_FALSE(both->shake_hands());
    EXPECT_THAT(both->client->failure(), HasSubstr("certificate: "));
}

TEST_F(TlsChannel, AcceptsAnyServerForAPinnedKey) {
    ClientOptions options;
    options.key_pin = "whatever";
    const auto both = pair(server_options(), options);
    ASSERT_TRUE(both->shake_hands());
    EXPECT_EQ(both->client->peer_certificate().key_pin.size(), 44U);
}

TEST_F(TlsChannel, BlamesNoUnverifiedCertificate) {
    ClientOptions options;
    options.key_pin = "whatever";
    const auto both = pair(server_options(), options);
    ASSERT_TRUE(both->shake_hands());
    ::shutdown(both->server_fd(), SHUT_WR);
    std::array<char, 8> buffer{};
    EXPECT_EQ(both->client->read(buffer.data(), buffer.size()).status, IoStatus::error);
    EXPECT_THAT(both->client->failure(), HasSubstr("unexpected eof"));
}

TEST_F(TlsChannel, RequestsClientCertificates) {
    certificates_.issue("client", {.common_name = "billing", .alternative_names = {}});
    const auto both = pair(asking(ClientCertificate::required), showing("client"));
    ASSERT_TRUE(both->shake_hands());
    EXPECT_EQ(both->server->peer_certificate().name(), "billing");
    EXPECT_THAT(
        failure_of_server(asking(ClientCertificate::required), client_options()),
        HasSubstr("did not return a certificate")
    );
    const auto without = pair(asking(ClientCertificate::optional), client_options());
    ASSERT_TRUE(without->shake_hands());
    EXPECT_TRUE(without->server->peer_certificate().empty());
}

TEST_F(TlsChannel, RejectsInvalidClientCertificates) {
    const auto refusal = [&](const testing::CertificateSpec& spec) {
        certificates_.issue("bad", spec);
        return failure_of_server(asking(ClientCertificate::optional), showing("bad"));
    };
    EXPECT_THAT(
        refusal({.common_name = "late", .valid_seconds = -60}),
        ::testing::ContainsRegex("certificate has expired: CN=late until 20..-..-..T..:..:..Z$")
    );
    EXPECT_THAT(
        refusal({.common_name = "early", .begins_seconds = 3'000}),
        ::testing::ContainsRegex("certificate is not yet valid: CN=early from 20..-")
    );
    EXPECT_THAT(refusal({.usage = "serverAuth"}), HasSubstr("unsuitable certificate purpose"));
    testing::Certificates others;
    others.issue("stranger");
    ClientOptions options = client_options();
    options.certificate = others.certificate("stranger");
    options.key = others.key("stranger");
    EXPECT_THAT(
        failure_of_server(asking(ClientCertificate::required), options), HasSubstr("certificate: ")
    );
}

TEST_F(TlsChannel, NegotiatesAlpnOrFails) {
    ServerOptions server = server_options();
    server.protocol = "telex";
    ClientOptions client = client_options();
    EXPECT_TRUE(pair(server, client)->shake_hands()) << "a client that does not ask";
    client.protocol = "telex";
    EXPECT_TRUE(pair(server, client)->shake_hands());
    client.protocol = "http/1.1";
    EXPECT_THAT(failure_of_server(server, client), HasSubstr("no application protocol"));
}

TEST_F(TlsChannel, RejectsOldVersions) {
    ServerOptions server = server_options();
    const auto twelve = make_client_context(client_options()).value();
    SSL_CTX_set_max_proto_version(twelve->get(), TLS1_2_VERSION);
    Pair allowed(make_server_context(server).value(), twelve);
    ASSERT_TRUE(allowed.shake_hands());
    EXPECT_EQ(allowed.server->version(), "TLSv1.2");
    server.min_version = Version::tls13;
    Pair newer(make_server_context(server).value(), twelve);
    EXPECT_FALSE(newer.shake_hands());
    EXPECT_THAT(newer.server->failure(), HasSubstr("unsupported protocol"));
    const auto eleven = make_client_context(client_options()).value();
    SSL_CTX_set_min_proto_version(eleven->get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(eleven->get(), TLS1_1_VERSION);
    SSL_CTX_set_security_level(eleven->get(), 0);
    Pair older(make_server_context(server_options()).value(), eleven);
    EXPECT_FALSE(older.shake_hands());
    EXPECT_THAT(older.server->failure(), HasSubstr("unsupported protocol"));
}

TEST_F(TlsChannel, DetectsPeersWithoutTls) {
    for (const std::string_view words :
         {"GET / HTTP/1.1\r\n\r\n", "\x06\x42\x04\x08\x01\x12\x02 plain bytes"}) {
        const auto both = pair(server_options(), client_options());
        ASSERT_EQ(::send(both->client_fd(), words.data(), words.size(), 0), words.size());
        EXPECT_EQ(both->server->handshake().status, IoStatus::error);
        EXPECT_TRUE(both->server->peer_uses_other_protocol()) << words;
    }
}

// Keys that change with every byte would make this side work for nothing.
TEST_F(TlsChannel, LimitsKeyUpdates) {
    const auto context = make_client_context(client_options()).value();
    std::array<int, 2> fds{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()), 0);
    Channel server(make_server_context(server_options()).value(), fds[0], Channel::Side::server);
    const std::unique_ptr<SSL, decltype(&SSL_free)> client(SSL_new(context->get()), SSL_free);
    SSL_set_fd(client.get(), fds[1]);
    IoResult result;
    for (int turn = 0; turn < 10; ++turn) {
        (void)SSL_connect(client.get());
        result = server.handshake();
    }
    ASSERT_EQ(result.status, IoStatus::done);
    std::array<char, 8> buffer{};
    int changes = 0;
    for (result = {}; result.status != IoStatus::error && changes < 1'000; ++changes) {
        SSL_key_update(client.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
        ASSERT_EQ(SSL_write(client.get(), "x", 1), 1);
        result = server.read(buffer.data(), buffer.size());
    }
    EXPECT_EQ(changes, 17);
    EXPECT_EQ(server.failure(), "too many key updates");
    ::close(fds[0]);
    ::close(fds[1]);
}

}  // namespace
}  // namespace telex::tls

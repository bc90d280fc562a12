#include "unit/client/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace telex::test {
namespace {

TEST(Connect, SendsHelloFirstAndReportsItsServer) {
    for (const auto kind : {FakeServer::Kind::tcp, FakeServer::Kind::unix_stream}) {
        FakeServer server(kind);
        ClientOptions options = options_for(server);
        options.no_echo = true;
        auto connecting = meanwhile([&] { return Client::connect(options); });
        FakePeer peer = server.accept();
        const v1::Hello hello = peer.welcome();
        EXPECT_EQ(hello.version(), 1U);
        EXPECT_EQ(hello.client_name(), "unit-test");
        EXPECT_TRUE(hello.no_echo());
        const auto client = connecting.get();
        ASSERT_TRUE(client) << to_string(client.error());
        EXPECT_EQ(client->status(), Status::connected);
        ASSERT_TRUE(client->server_info());
        EXPECT_EQ(client->server_info()->name, "fake");
        EXPECT_EQ(client->server_info()->url, server.url());
        EXPECT_EQ(client->server_info()->max_frame_bytes, std::uint64_t{1} << 20U);
        peer.close();
    }
}

TEST(Connect, TriesEveryServerInOrder) {
    FakeServer server;
    ClientOptions options = options_for(server);
    options.servers = {dead_url(), "unix:///nonexistent/telex.sock", server.url()};
    auto connecting = meanwhile([&] { return Client::connect(options); });
    FakePeer peer = server.accept_client();
    const auto client = connecting.get();
    ASSERT_TRUE(client) << to_string(client.error());
    EXPECT_EQ(client->server_info()->url, server.url());
    peer.close();
}

TEST(Connect, ReportsTheFailureOfEachServer) {
    ClientOptions options;
    options.servers = {dead_url(), "unix:///nonexistent/telex.sock"};
    const auto client = Client::connect(options);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, Errc::connect_failed);
    EXPECT_THAT(
        client.error().text, testing::HasSubstr(options.servers[0] + ": Connection refused")
    );
    EXPECT_THAT(
        client.error().text, testing::HasSubstr(options.servers[1] + ": No such file or directory")
    );
}

TEST(Connect, NamesAnotherProtocolOfTheServer) {
    for (const auto& [reply, text] : std::initializer_list<std::pair<std::string, std::string>>{
             {"HTTP/1.1 400 Bad Request", "the server speaks HTTP: expected a listener of telexd"},
             {"SSH-2.0-x\r\n", "the server speaks SSH"},
             {"INFO {\"server_id\"", "the server speaks NATS"},
             {"\x15\x03\x01", "the server requires TLS: use tls:// instead of tcp://"},
         }) {
        FakeServer server;
        auto connecting = meanwhile([&] { return Client::connect(options_for(server)); });
        FakePeer peer = server.accept();
        peer.read();
        peer.send_bytes(reply);
        const auto client = connecting.get();
        ASSERT_FALSE(client);
        EXPECT_EQ(client.error().code, Errc::connect_failed);
        EXPECT_THAT(client.error().text, testing::HasSubstr(text));
    }
}

TEST(Connect, ASilentServerCostsOneAttempt) {
    FakeServer silent;
    FakeServer server;
    ClientOptions options = options_for(server);
    options.servers = {silent.url(), server.url()};
    options.attempt_timeout = 50ms;
    auto connecting = meanwhile([&] { return Client::connect(options); });
    FakePeer ignored = silent.accept();
    FakePeer peer = server.accept_client();
    const auto client = connecting.get();
    EXPECT_TRUE(client);
    peer.close();
}

TEST(Connect, EndsAtItsOwnTimeout) {
    FakeServer silent;
    ClientOptions options = options_for(silent);
    options.connect_timeout = 50ms;
    const auto client = Client::connect(options);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, Errc::connect_failed);
    EXPECT_THAT(client.error().text, ::testing::HasSubstr("connect_timeout"));
}

TEST(Connect, ReportsTheServersError) {
    FakeServer server;
    auto connecting = meanwhile([&] { return Client::connect(options_for(server)); });
    FakePeer peer = server.accept();
    (void)peer.read();
    peer.send_error(v1::TOO_MANY_CONNECTIONS, true);
    peer.close();
    const auto client = connecting.get();
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, Errc::connect_failed);
    EXPECT_THAT(client.error().text, testing::HasSubstr("because"));
}

TEST(Connect, RejectedCredentialsEndTheSearch) {
    for (const auto& [code, expected] :
         {std::pair(v1::NOT_AUTHENTICATED, Errc::not_authenticated),
          std::pair(v1::AUTHENTICATION_BUSY, Errc::authentication_busy)}) {
        FakeServer server;
        const FakeServer next;
        ClientOptions options = options_for(server);
        options.servers = {dead_url(), server.url(), next.url()};
        options.credentials = Token{"secret"};
        auto connecting = meanwhile([&] { return Client::connect(options); });
        FakePeer peer = server.accept();
        EXPECT_EQ(peer.read().hello().token(), "secret");
        peer.send_error(code, true);
        peer.close();
        const auto client = connecting.get();
        ASSERT_FALSE(client);
        EXPECT_EQ(client.error().code, expected);
        EXPECT_THAT(client.error().text, testing::HasSubstr(server.url() + ": because"));
        EXPECT_FALSE(next.has_visitor());
    }
}

TEST(Connect, RejectedCredentialsCountEvenIfTheServerStays) {
    FakeServer server;
    const FakeServer next;
    ClientOptions options = options_for(server);
    options.servers = {server.url(), next.url()};
    options.attempt_timeout = 300ms;
    auto connecting = meanwhile([&] { return Client::connect(options); });
    FakePeer peer = server.accept();
    (void)peer.read();
    peer.send_error(v1::NOT_AUTHENTICATED, true);
    const auto client = connecting.get();
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, Errc::not_authenticated);
    EXPECT_FALSE(next.has_visitor());
}

TEST(Connect, RejectedCredentialsAfterALossCloseTheClient) {
    FakeServer server;
    const FakeServer next;
    ClientOptions options = options_for(server);
    options.servers = {server.url(), next.url()};
    Collected<Errc> errors;
    Collected<int> closed;
    options.on_error = [&](const Error& error) { errors.add(error.code); };
    options.on_closed = [&] { closed.add(1); };
    auto connecting = meanwhile([&] { return Client::connect(options); });
    FakePeer peer = server.accept_client();
    auto client = connecting.get();
    ASSERT_TRUE(client);
    peer.close();
    FakePeer again = server.accept();
    (void)again.read();
    again.send_error(v1::NOT_AUTHENTICATED, true);
    again.close();
    EXPECT_EQ(closed.wait(1).size(), 1U);
    EXPECT_EQ(errors.wait(1), std::vector{Errc::not_authenticated});
    EXPECT_EQ(client->status(), Status::closed);
    EXPECT_THAT(client->publish("a", "").error().text, testing::HasSubstr("because"));
    EXPECT_FALSE(next.has_visitor());
}

TEST(Connect, RejectsOtherProtocols) {
    for (const char* bytes : {"HTTP/1.1 400 Bad Request\r\n\r\n", "\x03\x07\x07\x07"}) {
        FakeServer server;
        auto connecting = meanwhile([&] { return Client::connect(options_for(server)); });
        FakePeer peer = server.accept();
        (void)peer.read();
        peer.send_bytes(bytes);
        if (bytes[0] == 'H') {
            peer.close();
        }
        const auto client = connecting.get();
        ASSERT_FALSE(client);
        EXPECT_EQ(client.error().code, Errc::connect_failed);
    }
}

TEST(Connect, RejectsInvalidOptions) {
    const auto refused = [](auto change) {
        ClientOptions options;
        options.servers = {"tcp://127.0.0.1:1"};
        change(options);
        const auto client = Client::connect_in_background(options);
        return !client && client.error().code == Errc::invalid_argument;
    };
    EXPECT_TRUE(refused([](ClientOptions& o) { o.servers = {"http://x"}; }));
    EXPECT_TRUE(refused([](ClientOptions& o) { o.attempt_timeout = 0ms; }));
    EXPECT_TRUE(refused([](ClientOptions& o) { o.connect_timeout = -1ms; }));
    EXPECT_TRUE(refused([](ClientOptions& o) { o.ping_interval = 0ms; }));
    EXPECT_TRUE(refused([](ClientOptions& o) { o.max_buffered_bytes = 0; }));
    EXPECT_TRUE(refused([](ClientOptions& o) { o.max_frame_bytes = 0; }));
    EXPECT_TRUE(refused([](ClientOptions& o) { o.reconnect.jitter = 1.5; }));
    EXPECT_TRUE(refused([](ClientOptions& o) { o.reconnect.initial_delay = 0ms; }));
    EXPECT_TRUE(refused([](ClientOptions& o) { o.reconnect.max_delay = 1ms; }));
    EXPECT_TRUE(refused([](ClientOptions& o) { o.reconnect.max_rounds = 0; }));
}

TEST(Connect, StartReturnsAtOnceAndStopsAfterMaxRounds) {
    ClientOptions options;
    options.servers = {dead_url()};
    options.reconnect.initial_delay = 1ms;
    options.reconnect.max_rounds = 2;
    Collected<int> closed;
    options.on_closed = [&] { closed.add(1); };
    const auto client = Client::connect_in_background(options);
    ASSERT_TRUE(client);
    EXPECT_EQ(closed.wait(1).size(), 1U);
    EXPECT_EQ(client->status(), Status::closed);
}

}  // namespace
}  // namespace telex::test

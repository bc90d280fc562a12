#include "server/server.hpp"

#include "support/no_log.hpp"
#include "support/socket_client.hpp"
#include "support/telex_client.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

namespace telex::server {
namespace {

ServerOptions reactors(unsigned count) {
    ServerOptions options;
    options.reactors = count;
    return options;
}

ListenerOptions on(std::string_view address) {
    ListenerOptions options;
    options.name = "test";
    options.addresses = {net::parse_address(address).value()};
    return options;
}

class ServerTest : public ::testing::Test {
protected:
    testing::TelexClient client() {
        testing::TelexClient client(std::make_unique<testing::SocketClient>(
            server_.listeners().front()->bound_addresses.front()
        ));
        client.open();
        return client;
    }

    sd::SocketStore sockets_;
    Server server_{reactors(2), sockets_};
};

TEST_F(ServerTest, GivesAllReactorsOnePort) {
    ASSERT_TRUE(server_.open(on("tcp://127.0.0.1:0")));
    EXPECT_EQ(server_.listeners().front()->bound_addresses.size(), 1U);
}

TEST_F(ServerTest, SaysWhatItCannotOpen) {
    const auto opened = server_.open(on("unix:///no/such/folder/telex.sock"));
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().what.find("/no/such/folder"), std::string::npos);
    EXPECT_TRUE(server_.listeners().empty());
}

TEST_F(ServerTest, RefusesASystemdNameThatWasNotPassed) {
    const auto opened = server_.open(on("systemd:web"));
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().what.find("systemd:web"), std::string::npos);
}

// The watchdog is fed only then.
TEST_F(ServerTest, IsResponsiveWhenEveryReactorAnswers) {
    server_.start();
    EXPECT_TRUE(server_.responsive(std::chrono::minutes(1)));
    std::promise<void> go_on;
    auto gate = go_on.get_future();
    server_.exchange().shard(1).reactor().post([&gate] { gate.wait(); });
    EXPECT_FALSE(server_.responsive(std::chrono::milliseconds(20)));
    go_on.set_value();
    EXPECT_TRUE(server_.responsive(std::chrono::minutes(1)));
}

// The caller's thread also stops the daemon.
TEST_F(ServerTest, AReactorThatHangsHoldsNoOperatorUp) {
    server_.start();
    std::promise<void> go_on;
    auto gate = go_on.get_future();
    server_.exchange().shard(1).reactor().post([&gate] { gate.wait(); });
    v1::ListConnections query;
    const auto list = server_.connections(query);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code(), v1::AdminError::UNRESPONSIVE);
    EXPECT_EQ(list.error().message(), "a reactor did not reply within a second");
    EXPECT_FALSE(server_.stats());
    go_on.set_value();
    EXPECT_TRUE(server_.connections(query));
    EXPECT_TRUE(server_.stats());
}

TEST_F(ServerTest, ARehearsalFindsWhatIsInTheWayAndChangesNothing) {
    ASSERT_TRUE(server_.open(on("tcp://127.0.0.1:0")));
    server_.start();
    const std::string taken = server_.listeners().front()->bound_addresses.front();
    ListenerOptions other = on(taken);
    other.name = "other";
    v1::ReloadReport report;
    const auto fits = server_.rehearse({other}, {}, report);
    ASSERT_FALSE(fits);
    EXPECT_NE(fits.error().what.find(taken), std::string::npos);
    EXPECT_TRUE(server_.rehearse({}, {}, report));
    EXPECT_EQ(server_.listeners().size(), 1U);
}

TEST_F(ServerTest, DrainsUntilClientsDisconnect) {
    ASSERT_TRUE(server_.open(on("tcp://127.0.0.1:0")));
    server_.start();
    testing::TelexClient client = this->client();
    auto heard = std::async(std::launch::async, [&] {
        std::string first = client.next();
        client.stream().finish();
        return first + ", " + client.next();
    });
    EXPECT_TRUE(server_.drain([] { return false; }));
    EXPECT_EQ(heard.get(), "goodbye reconnect, end");
}

TEST_F(ServerTest, AbortsADrain) {
    ASSERT_TRUE(server_.open(on("tcp://127.0.0.1:0")));
    server_.start();
    testing::TelexClient responder = client();
    responder.send(testing::subscribe(1, "svc.a"));
    ASSERT_EQ(responder.next(), "subscribed 1");
    testing::TelexClient asker = client();
    asker.send(testing::request(1, "svc.a", 250'000));
    ASSERT_TRUE(responder.receive());
    EXPECT_FALSE(server_.drain([] { return true; })) << "a request was open";
}

TEST_F(ServerTest, EndsWithoutADrain) {
    ASSERT_TRUE(server_.open(on("tcp://127.0.0.1:0")));
    server_.start();
    testing::TelexClient client = this->client();
}

}  // namespace
}  // namespace telex::server

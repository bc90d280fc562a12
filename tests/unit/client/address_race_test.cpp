#include "client/address_race.hpp"

#include "support/fake_server.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace telex::client {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using ::testing::AllOf;
using ::testing::HasSubstr;

Remote remote(const char* address, int port) {
    return tcp::endpoint(asio::ip::make_address(address), static_cast<std::uint16_t>(port));
}

// A port of 127.0.0.1 without a listener.
int dead_port() {
    const std::string url = test::dead_url();
    return std::stoi(url.substr(url.rfind(':') + 1));
}

// Runs a race to its end.
[[nodiscard]] Expected<AddressRace::Winner> race(
    asio::io_context& io, std::vector<Remote> remotes, std::chrono::milliseconds delay
) {
    std::optional<Expected<AddressRace::Winner>> result;
    const auto race = std::make_shared<AddressRace>(
        io,
        std::move(remotes),
        delay,
        [&](Expected<AddressRace::Winner> winner) { result.emplace(std::move(winner)); }
    );
    race->start();
    io.run_for(10s);
    return result ? *std::move(result) : tl::unexpected(Error{Errc::timeout, "no result"});
}

TEST(AlternateFamilies, BeginsWithTheFirstAndKeepsTheOrderWithin) {
    const std::vector<Remote> mixed = alternate_families(
        {remote("::1", 1), remote("::2", 1), remote("::3", 1), remote("1.1.1.1", 1)}
    );
    EXPECT_EQ(
        mixed,
        (std::vector<Remote>{
            remote("::1", 1), remote("1.1.1.1", 1), remote("::2", 1), remote("::3", 1)
        })
    );
    EXPECT_TRUE(alternate_families({}).empty());
}

TEST(RaceDelay, LeavesTimeForEveryAddress) {
    EXPECT_EQ(race_delay(2s, 1), 250ms);
    EXPECT_EQ(race_delay(2s, 2), 250ms);
    EXPECT_EQ(race_delay(2s, 10), 100ms);
    EXPECT_EQ(race_delay(2s, 10'000), 10ms);
    EXPECT_EQ(race_delay(1h, 2), 250ms);
}

TEST(AddressRace, IsWonByTheFirstThatConnects) {
    const test::FakeServer server;
    asio::io_context io;
    const auto winner =
        race(io, {remote("127.0.0.1", server.port()), remote("127.0.0.1", dead_port())}, 1h);
    ASSERT_TRUE(winner) << winner.error().text;
    EXPECT_TRUE(winner->socket.is_open());
    EXPECT_EQ(winner->others.size(), 1U);
}

TEST(AddressRace, DoesNotWaitAfterARefusal) {
    const test::FakeServer server;
    asio::io_context io;
    const auto winner = race(
        io,
        {remote("127.0.0.1", dead_port()),
         remote("127.0.0.1", dead_port()),
         remote("127.0.0.1", server.port())},
        1h
    );
    ASSERT_TRUE(winner) << winner.error().text;
    EXPECT_TRUE(winner->others.empty()) << "an address that failed is not tried again";
}

TEST(AddressRace, SkipsASilentAddress) {
    const test::SilentServer silent;
    const test::FakeServer server;
    asio::io_context io;
    const auto winner =
        race(io, {remote("127.0.0.1", silent.port()), remote("127.0.0.1", server.port())}, 1ms);
    ASSERT_TRUE(winner) << winner.error().text;
    EXPECT_EQ(winner->others, std::vector<Remote>{remote("127.0.0.1", silent.port())});
}

TEST(AddressRace, ReportsTheFailureOfEachAddress) {
    asio::io_context io;
    const auto winner =
        race(io, {remote("127.0.0.1", dead_port()), remote("127.0.0.2", dead_port())}, 1h);
    ASSERT_FALSE(winner);
    EXPECT_EQ(winner.error().code, Errc::disconnected);
    EXPECT_THAT(
        winner.error().text,
        AllOf(HasSubstr("127.0.0.1 Connection refused"), HasSubstr("127.0.0.2 Connection refused"))
    );
    asio::io_context other;
    const auto alone = race(other, {asio::local::stream_protocol::endpoint("/nowhere/x")}, 1h);
    ASSERT_FALSE(alone);
    EXPECT_EQ(alone.error().text, "No such file or directory");
}

TEST(AddressRace, IsSilentAfterStop) {
    const test::FakeServer server;
    asio::io_context io;
    bool called = false;
    const auto race = std::make_shared<AddressRace>(
        io,
        std::vector<Remote>{remote("127.0.0.1", server.port())},
        1h,
        [&](const Expected<AddressRace::Winner>&) { called = true; }
    );
    race->start();
    race->stop();
    io.run_for(10s);
    EXPECT_FALSE(called);
}

}  // namespace
}  // namespace telex::client

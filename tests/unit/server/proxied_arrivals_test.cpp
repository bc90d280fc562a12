#include "server/accept/proxied_arrivals.hpp"

#include "net/network.hpp"
#include "protocols/registry/protocols.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::server {
namespace {

using From = net::ProxyHeader::From;

net::Peer ipv4(std::array<std::uint8_t, 4> address) {
    return {net::Ipv4Peer{address, 5}, std::nullopt};
}

const net::Peer kLocalProxy = ipv4({127, 0, 0, 1});
const net::Peer kRemoteProxy = ipv4({10, 1, 0, 2});
const net::Peer kUnixProxy{net::UnixUnnamedPeer{}, net::Credentials{1, 2, 3}};
const net::Peer kClient = ipv4({192, 0, 2, 7});

ProxyProtocolOptions proxies() {
    ProxyProtocolOptions options;
    options.networks = {
        net::parse_network("10.1.0.0/16").value(), net::parse_network("127.0.0.0/8").value()
    };
    return options;
}

std::unique_ptr<ListenerState> make_listener(std::uint32_t max_unauthenticated = 16) {
    ListenerOptions options;
    options.name = "test";
    options.max_unauthenticated = max_unauthenticated;
    options.proxy_protocol = proxies();
    return std::make_unique<ListenerState>(
        std::make_shared<ListenerSettings>(options, *session::find_protocol("telex"))
    );
}

TEST(Proxies, AreTheConfiguredOnes) {
    EXPECT_TRUE(trusts(proxies(), kRemoteProxy));
    EXPECT_FALSE(trusts(proxies(), kClient));
    EXPECT_FALSE(trusts(proxies(), kUnixProxy));
    EXPECT_TRUE(trusts({.networks = {}, .unix_sockets = true}, kUnixProxy));
    EXPECT_FALSE(trusts({.networks = {}, .unix_sockets = true}, kLocalProxy));
}

struct Applied {
    Forwarding forwarding;
    std::string peer;

    bool operator==(const Applied&) const = default;
};

Applied apply_to(const net::Peer& proxy, From from, const net::Peer& peer = {}) {
    const auto listener = make_listener();
    Arrival arrival{
        .fd = {},
        .peer = proxy,
        .transport = net::Transport::tcp,
        .forwarding = Forwarding::none,
        .listener = listener.get(),
        .slot = ListenerSlot(*listener, {}),
        .rejection = std::nullopt,
    };
    apply({from, peer}, arrival);
    return {arrival.forwarding, net::host_of(arrival.peer)};
}

TEST(ProxiedPeer, IsTheOneThatTheHeaderNames) {
    EXPECT_EQ(
        apply_to(kRemoteProxy, From::named, kClient), (Applied{Forwarding::named, "192.0.2.7"})
    );
    EXPECT_EQ(
        apply_to(kUnixProxy, From::named, kClient), (Applied{Forwarding::named, "192.0.2.7"})
    );
}

TEST(ProxiedPeer, IsTheProxyIfTheHeaderHasNoAddress) {
    EXPECT_EQ(apply_to(kRemoteProxy, From::itself), (Applied{Forwarding::itself, "10.1.0.2"}));
    EXPECT_EQ(apply_to(kRemoteProxy, From::unnamed), (Applied{Forwarding::unnamed, "10.1.0.2"}));
    EXPECT_EQ(apply_to(kUnixProxy, From::unnamed), (Applied{Forwarding::unnamed, "uid-2"}));
}

// Loopback addresses have no penalties, and may send secrets without TLS.
TEST(ProxiedPeer, IsOnThisHostOnlyIfTheProxyIs) {
    const net::Peer loopback = ipv4({127, 0, 0, 9});
    EXPECT_EQ(
        apply_to(kRemoteProxy, From::named, loopback), (Applied{Forwarding::unnamed, "10.1.0.2"})
    );
    EXPECT_EQ(
        apply_to(kLocalProxy, From::named, loopback), (Applied{Forwarding::named, "127.0.0.9"})
    );
    EXPECT_EQ(
        apply_to(kUnixProxy, From::named, loopback), (Applied{Forwarding::named, "127.0.0.9"})
    );
}

// Runs the reactor until a connection has come through or was forgotten.
class ProxiedArrivalsTest : public ::testing::Test {
protected:
    // Adds a connection whose proxy has written this. Returns its end of it.
    net::UniqueFd add(std::string_view written, const net::Peer& proxy = kLocalProxy) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
        net::UniqueFd mine(ends[0]);
        EXPECT_EQ(
            ::write(mine.get(), written.data(), written.size()),
            static_cast<ssize_t>(written.size())
        );
        arrivals_.add({net::UniqueFd(ends[1]), proxy}, net::Transport::tcp, *listener_);
        return mine;
    }

    void run() {
        reactor_.start();
        reactor_.join();
    }

    std::unique_ptr<ListenerState> listener_ = make_listener();
    reactor::Reactor reactor_{0};
    TurnTimers timers_{reactor_};
    std::vector<Arrival> admitted_;
    int forgotten_ = 0;
    ProxiedArrivals arrivals_{
        reactor_,
        timers_,
        [this](Arrival arrival) {
            admitted_.push_back(std::move(arrival));
            reactor_.stop();
        },
        [this] {
            ++forgotten_;
            reactor_.stop();
        }
    };
};

TEST_F(ProxiedArrivalsTest, LeaveWhatFollowsTheHeader) {
    const net::UniqueFd proxy = add("PROXY TCP4 192.0.2.7 192.0.2.1 5 443\r\nhello");
    run();
    ASSERT_EQ(admitted_.size(), 1U);
    EXPECT_FALSE(admitted_[0].rejection);
    EXPECT_EQ(net::to_string(admitted_[0].peer), "192.0.2.7:5");
    std::array<char, 16> rest{};
    ASSERT_EQ(::read(admitted_[0].fd.get(), rest.data(), rest.size()), 5);
    EXPECT_EQ(std::string_view(rest.data(), 5), "hello");
    EXPECT_EQ(arrivals_.waiting(), 0U);
}

TEST_F(ProxiedArrivalsTest, RejectWhatIsNoHeader) {
    const net::UniqueFd proxy = add("GET / HTTP/1.1\r\n");
    run();
    ASSERT_EQ(admitted_.size(), 1U);
    ASSERT_TRUE(admitted_[0].rejection);
    EXPECT_EQ(admitted_[0].rejection->code, v1::WRONG_PROTOCOL);
    EXPECT_EQ(net::to_string(admitted_[0].peer), "127.0.0.1:5");
}

TEST_F(ProxiedArrivalsTest, RejectOtherPeersAtOnce) {
    const net::UniqueFd client = add("PROXY UNKNOWN\r\n", kClient);
    ASSERT_EQ(admitted_.size(), 1U);
    EXPECT_EQ(admitted_[0].rejection->code, v1::NOT_ALLOWED_HERE);
}

TEST_F(ProxiedArrivalsTest, ForgetThoseThatEndWithoutAByte) {
    add("").reset();
    run();
    EXPECT_EQ(forgotten_, 1);
    EXPECT_TRUE(admitted_.empty());
    EXPECT_FALSE(listener_->has_clients());
}

// All places are for one proxy, from whose network all connections come.
TEST_F(ProxiedArrivalsTest, AreLimitedWhileTheyWait) {
    listener_->use(make_listener(2)->settings());
    std::vector<net::UniqueFd> proxies;
    for (int i = 0; i < 2; ++i) {
        proxies.push_back(add("PROX"));
        EXPECT_TRUE(admitted_.empty());
    }
    proxies.push_back(add("PROX"));
    ASSERT_EQ(admitted_.size(), 1U);
    EXPECT_EQ(admitted_[0].rejection->code, v1::TOO_MANY_CONNECTIONS);
    EXPECT_EQ(arrivals_.waiting(), 2U);
}

TEST_F(ProxiedArrivalsTest, ThatAreCompleteAreAdmittedAtTheEnd) {
    const net::UniqueFd complete = add("PROXY UNKNOWN\r\n");
    const net::UniqueFd incomplete = add("PROXY UNK");
    arrivals_.stop();
    EXPECT_EQ(admitted_.size(), 1U);
    EXPECT_EQ(forgotten_, 1);
    EXPECT_EQ(arrivals_.waiting(), 0U);
}

TEST_F(ProxiedArrivalsTest, DoNotWaitForever) {
    ListenerOptions options = listener_->settings()->options();
    options.tls.emplace();
    options.tls->handshake_timeout = std::chrono::milliseconds(1);
    listener_->use(std::make_shared<ListenerSettings>(options, *session::find_protocol("telex")));
    const net::UniqueFd proxy = add("PROXY ");
    run();
    ASSERT_EQ(admitted_.size(), 1U);
    ASSERT_TRUE(admitted_[0].rejection);
    EXPECT_EQ(admitted_[0].rejection->code, v1::HELLO_TIMEOUT);
}

}  // namespace
}  // namespace telex::server

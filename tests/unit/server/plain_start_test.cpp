// Bytes in plain text before the handshake of TLS: the session makes them, the stream writes them.
#include "server/connection/connection.hpp"
#include "server/stream/tls_stream.hpp"
#include "support/certificates.hpp"
#include "support/memory_server.hpp"
#include "tls/channel.hpp"
#include "tls/client_context.hpp"
#include "tls/server_context.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::server {
namespace {

using telex::testing::MemoryServer;

struct SocketPair {
    SocketPair() {
        std::array<int, 2> fds{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) != 0) {
            throw std::runtime_error("socketpair");
        }
        server.reset(fds[0]);
        client.reset(fds[1]);
    }

    net::UniqueFd server;
    net::UniqueFd client;
};

// Certificates of both sides, made once: a key takes a while.
struct Contexts {
    Contexts() {
        certificates.issue("server");
        server = *tls::make_server_context(
            {.certificate = certificates.certificate("server"),
             .key = certificates.key("server"),
             .client_ca = {}}
        );
        client = *tls::make_client_context({.ca = certificates.certificate("ca")});
    }

    testing::Certificates certificates;
    tls::ContextPtr server;
    tls::ContextPtr client;
};

const Contexts& contexts() {
    static const Contexts made;
    return made;
}

// The peer: reads in plain text, then may start TLS. Blocking.
class Peer {
public:
    explicit Peer(net::UniqueFd fd) : fd_(std::move(fd)) {}

    // Returns `size` bytes, or fewer at the end.
    std::string read_plain(std::size_t size) const {
        std::string bytes;
        while (bytes.size() < size) {
            std::array<char, 4'096> part{};
            const ssize_t got =
                ::recv(fd_.get(), part.data(), std::min(part.size(), size - bytes.size()), 0);
            if (got < 0 && errno == EAGAIN) {
                wait(POLLIN);
            } else if (got <= 0) {
                break;
            } else {
                bytes.append(part.data(), static_cast<std::size_t>(got));
            }
        }
        return bytes;
    }

    void write_plain(std::string_view bytes) const {
        ASSERT_EQ(
            ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size())
        );
    }

    void start_tls() {
        channel_ = std::make_unique<tls::Channel>(
            contexts().client, fd_.get(), tls::Channel::Side::client
        );
        IoResult result = channel_->handshake();
        for (; result.must_wait(); result = channel_->handshake()) {
            wait(result.status == IoStatus::wait_write ? POLLOUT : POLLIN);
        }
        ASSERT_EQ(result.status, IoStatus::done) << channel_->failure();
    }

    std::string read_line() const {
        std::string line;
        while (line.empty() || line.back() != '\n') {
            char letter = 0;
            const IoResult result = channel_->read(&letter, 1);
            if (result.must_wait()) {
                wait(POLLIN);
            } else if (result.status != IoStatus::done) {
                break;
            } else {
                line += letter;
            }
        }
        return line;
    }

    void close() { fd_.reset(); }

private:
    void wait(short events) const {
        pollfd poller{fd_.get(), events, 0};
        ::poll(&poller, 1, -1);
    }

    net::UniqueFd fd_;
    std::unique_ptr<tls::Channel> channel_;
};

// --- the stream ----------------------------------------------------------------------------------

TEST(TlsStreamPlainStart, IsWrittenAsTheSocketTakesIt) {
    SocketPair sockets;
    const int least = 1;  // the kernel takes a few kilobytes
    ASSERT_EQ(::setsockopt(sockets.server.get(), SOL_SOCKET, SO_SNDBUF, &least, sizeof least), 0);
    const auto stream =
        make_tls_stream(std::move(sockets.server), contexts().server, Forwarding::none);
    Peer peer(std::move(sockets.client));
    std::string start;
    while (start.size() < 100'000) {
        start += std::to_string(start.size()) + " ";
    }
    const std::size_t before = stream->memory();
    stream->start_in_plain(start);
    EXPECT_GE(stream->memory(), before + start.size());
    std::string received;
    IoStatus status = stream->handshake().status;
    for (; status == IoStatus::wait_write; status = stream->handshake().status) {
        received += peer.read_plain(1);
    }
    EXPECT_EQ(status, IoStatus::wait_read) << "for the first bytes of TLS";
    EXPECT_FALSE(received.empty());
    received += peer.read_plain(start.size() - received.size());
    EXPECT_EQ(received, start);
    EXPECT_FALSE(stream->established());
    EXPECT_EQ(stream->memory(), before);
}

TEST(TlsStreamPlainStart, EndsWithThePeer) {
    SocketPair sockets;
    const auto stream =
        make_tls_stream(std::move(sockets.server), contexts().server, Forwarding::none);
    sockets.client.reset();
    stream->start_in_plain("hello\n");
    EXPECT_EQ(stream->handshake().status, IoStatus::end);
    EXPECT_EQ(stream->failure().text, "the peer closed before the handshake");
    EXPECT_FALSE(stream->failure().other_protocol);
}

// --- the connection ------------------------------------------------------------------------------

std::string name_of_user(const session::Transport& transport) {
    return transport.user() == nullptr ? "everyone" : transport.user()->name;
}

// Greets before TLS, and again after it, and returns each line.
class Greeter final : public session::Session {
public:
    Greeter(session::Transport& transport, broker::Port&, const session::SessionOptions&)
        : transport_(transport) {}

    std::string before_tls() override { return "before: " + name_of_user(transport_) + "\n"; }

    void start() override { say("after: " + name_of_user(transport_)); }

    void on_frame(const session::InboundFrame& frame) override { say(frame.bytes); }

    void on_end_of_input() override {
        transport_.close(session::CloseReason::client_closed, "end of input");
    }

    [[nodiscard]] session::SendResult deliver(const session::Delivery&) override { return {}; }

    [[nodiscard]] session::SendResult on_reply(std::uint64_t, const session::Delivery&) override {
        return {};
    }

    void on_request_failed(std::uint64_t, v1::ErrorCode) override {}

    void on_subscribed(std::uint64_t) override {}

    void on_unsubscribed(std::uint64_t, std::uint64_t, std::uint64_t) override {}

    void on_flushed(std::uint64_t) override {}

    void refuse(const session::Refusal&) override {}

private:
    void say(ByteView line) { ASSERT_TRUE(transport_.send_control({.head = line, .body = {}})); }

    session::Transport& transport_;
};

const session::Protocol kGreeting{
    .name = "greeting",
    .summary = "for this test",
    .default_framing = "lines",
    .can = {.content = session::FrameContent::text},
    .make = session::make_session<Greeter>,
};

class ConnectionPlainStart : public ::testing::Test {
protected:
    explicit ConnectionPlainStart(access::UsersPtr users = nullptr)
        : authenticator_(std::move(users)) {
        options_.name = "greeting";
        options_.protocol = "greeting";
        options_.framing = *codec::parse_preset("lines");
    }

    void connect(std::unique_ptr<ByteStream> stream) {
        auto settings = std::make_shared<ListenerSettings>(options_, kGreeting, contexts().server);
        ListenerState& listener = listeners_.emplace_back(settings, &authenticator_);
        server_.worker(0).expect_connection();
        server_.at(0, [&] {
            ConnectionTable& table = server_.worker(0).connections();
            Connection& added = table.add(std::make_unique<Connection>(
                server_.shard(0),
                buffers_,
                table,
                settings,
                ListenerSlot(listener, ""),
                ClientPeer{
                    .address = {},
                    .transport = net::Transport::unix_stream,
                    .connection = 1,
                    .listener = name_of(settings)
                },
                std::move(stream)
            ));
            ASSERT_TRUE(added.start());
        });
    }

    Peer connect() {
        SocketPair sockets;
        connect(make_tls_stream(std::move(sockets.server), contexts().server, Forwarding::none));
        return Peer(std::move(sockets.client));
    }

    ListenerOptions options_;
    Authenticator authenticator_;
    std::deque<ListenerState> listeners_;  // one for each connection, none of them moves
    ReactorBuffers buffers_;
    MemoryServer server_{1};
};

TEST_F(ConnectionPlainStart, PrecedesTls) {
    Peer peer = connect();
    EXPECT_EQ(peer.read_plain(17), "before: everyone\n");
    peer.start_tls();
    EXPECT_EQ(peer.read_line(), "after: everyone\n");
}

// Its text says what is wrong; the alert of TLS would be no answer to it.
TEST_F(ConnectionPlainStart, EndsIfThePeerGoesOnInPlainText) {
    Peer peer = connect();
    EXPECT_EQ(peer.read_plain(17), "before: everyone\n");
    peer.write_plain("CONNECT {}\r\n");
    EXPECT_EQ(peer.read_plain(1), "");
    const v1::ServerStats stats = server_.stats();
    EXPECT_EQ(stats.closed_connections().at("tls_failed"), 1U);
    EXPECT_EQ(stats.refusals().count("WRONG_PROTOCOL"), 0U);
    std::vector<v1::ConnectionInfo> closed;
    server_.at(0, [&] {
        server_.worker(0).connections().for_each_closed([&](const v1::ConnectionInfo& info) {
            closed.push_back(info);
        });
    });
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].close_detail(), "the peer did not start TLS, but went on in plain text");
}

class ConnectionPlainStartWithUsers : public ConnectionPlainStart {
protected:
    ConnectionPlainStartWithUsers()
        : ConnectionPlainStart(std::make_shared<access::Users>(std::vector{guest()})) {
        options_.user = "guest";
    }

    static access::User guest() {
        access::User user;
        user.name = "guest";
        return user;
    }
};

TEST_F(ConnectionPlainStartWithUsers, IsForAPeerThatIsNotIdentified) {
    Peer peer = connect();
    EXPECT_EQ(peer.read_plain(20), "before: (anonymous)\n");
    peer.start_tls();
    EXPECT_EQ(peer.read_line(), "after: guest\n");
}

// A stream that does not finish its handshake, and notes what it is asked to do before.
class Unfinished final : public ByteStream {
public:
    Unfinished(net::UniqueFd fd, bool& started) : fd_(std::move(fd)), started_(started) {}

    bool established() const override { return false; }

    IoResult handshake() override { return {IoStatus::wait_read, 0, 0}; }

    void start_in_plain(const std::string& /*bytes*/) override { started_ = true; }

    int descriptor() const override { return fd_.get(); }

    bool keeps_packets() const override { return false; }

    std::size_t max_packet() const override { return SIZE_MAX; }

    IoResult read(char*, std::size_t) override { return {IoStatus::wait_read, 0, 0}; }

    IoResult peek() override { return {IoStatus::wait_read, 0, 0}; }

    IoResult write(const iovec*, std::size_t) override { return {IoStatus::wait_write, 0, 0}; }

    void finish_writing() override {}

private:
    net::UniqueFd fd_;
    bool& started_;
};

// There the session begins with the upgrade.
TEST_F(ConnectionPlainStart, IsLeftOutBeforeAWebSocket) {
    for (const bool websocket : {false, true}) {
        if (websocket) {
            options_.websocket.emplace();
        }
        SocketPair sockets;
        bool started = false;
        connect(std::make_unique<Unfinished>(std::move(sockets.server), started));
        server_.settle();
        EXPECT_EQ(started, !websocket);
        server_.at(0, [&] { server_.worker(0).abort_all(); });
    }
}

}  // namespace
}  // namespace telex::server

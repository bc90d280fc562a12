// A connection that the daemon has opened: dialled, without any listener.
#include "net/dial.hpp"
#include "protocols/raw/raw_options.hpp"
#include "server/connection/connection.hpp"
#include "server/stream/socket_stream.hpp"
#include "support/memory_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace telex::server {
namespace {

using telex::testing::MemoryServer;
using telex::testing::MemoryTelex;

// A program that the daemon connects to.
class Service {
public:
    Service() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listening_.get(), any, size) != 0 || ::listen(listening_.get(), 1) != 0 ||
            ::getsockname(listening_.get(), any, &size) != 0) {
            throw std::runtime_error("no socket to listen on");
        }
        port_ = ntohs(address.sin_port);
    }

    std::uint16_t port() const { return port_; }

    void accept() { peer_.reset(::accept(listening_.get(), nullptr, nullptr)); }

    void write(std::string_view bytes) const {
        ASSERT_EQ(
            ::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size())
        );
    }

    std::string read(std::size_t size) const {
        std::string bytes(size, '\0');
        const ssize_t got = ::recv(peer_.get(), bytes.data(), size, MSG_WAITALL);
        bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return bytes;
    }

    void close() { peer_.reset(); }

private:
    net::UniqueFd listening_;
    net::UniqueFd peer_;
    std::uint16_t port_ = 0;
};

ListenerSettingsPtr device_settings() {
    ListenerOptions options;
    options.name = "device";
    options.protocol = "raw";
    options.framing = *codec::parse_preset("lines");
    options.session.protocol =
        session::raw::RawOptions{.publish = "device.out", .subscribe = "device.in"};
    return std::make_shared<ListenerSettings>(options, *session::find_protocol("raw"));
}

class OutboundConnection : public ::testing::Test {
protected:
    void connect() {
        auto dialled = net::dial(
            {.transport = net::Transport::tcp, .host = "127.0.0.1", .port = service_.port()},
            std::chrono::seconds(10)
        );
        ASSERT_TRUE(dialled);
        service_.accept();
        ASSERT_EQ(::fcntl(dialled->get(), F_SETFL, O_NONBLOCK), 0);
        server_.worker(0).expect_connection();
        server_.at(0, [&] {
            ConnectionTable& table = server_.worker(0).connections();
            Connection& added = table.add(std::make_unique<Connection>(
                server_.shard(0),
                buffers_,
                table,
                device_settings(),
                ListenerSlot(),
                ClientPeer{
                    .address =
                        net::Peer{
                            .address =
                                net::Ipv4Peer{.address = {127, 0, 0, 1}, .port = service_.port()},
                            .credentials = {}
                        },
                    .transport = net::Transport::tcp,
                    .connection = 1,
                    .listener = std::make_shared<const std::string>("device")
                },
                make_socket_stream(*std::move(dialled))
            ));
            ASSERT_TRUE(added.start());
        });
    }

    ReactorBuffers buffers_;
    Service service_;
    MemoryServer server_{1};
};

TEST_F(OutboundConnection, PublishesAndReceives) {
    MemoryTelex client(server_.connect());
    client.open();
    client.send(testing::subscribe(1, "device.out"));
    ASSERT_EQ(client.next(), "subscribed 1");
    connect();
    service_.write("measured\n");
    EXPECT_EQ(client.next(), "delivery 1 measured");
    client.send(testing::publish("device.in", "measure"));
    EXPECT_EQ(service_.read(8), "measure\n");
}

TEST_F(OutboundConnection, EndsWithTheService) {
    connect();
    EXPECT_EQ(server_.stats().connections(), 1U);
    service_.close();
    while (server_.stats().connections() > 0) {
    }
    EXPECT_EQ(server_.stats().closed_connections().at("client_closed"), 1U);
}

}  // namespace
}  // namespace telex::server

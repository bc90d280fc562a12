// A session behind TLS: for any input in records of any size it sends the same as without TLS.
#include "codec/decoder.hpp"
#include "protocols/registry/protocols.hpp"
#include "support/certificates.hpp"
#include "support/fake_transport.hpp"
#include "tls/channel.hpp"
#include "tls/client_context.hpp"
#include "tls/server_context.hpp"
#include "wire/quiet_protobuf.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using telex::IoStatus;
using telex::tls::Channel;

// Maximum that the socket pair buffers, minus the overhead of records.
constexpr std::size_t kMostBytes = 16U << 10U;

struct Contexts {
    telex::tls::ContextPtr server;
    telex::tls::ContextPtr client;
};

const Contexts& contexts() {
    static const Contexts made = [] {
        telex::testing::Certificates certificates;
        certificates.issue("server");
        telex::tls::ServerOptions server;
        server.certificate = certificates.certificate("server");
        server.key = certificates.key("server");
        server.protocol = "telex";
        telex::tls::ClientOptions client;
        client.ca = certificates.certificate("ca");
        client.protocol = "telex";
        return Contexts{
            telex::tls::make_server_context(server).value(),
            telex::tls::make_client_context(client).value()
        };
    }();
    return made;
}

// A session with its decoder, driven as by a connection.
class Conversation {
public:
    Conversation() {
        const auto* const protocol = telex::session::find_protocol("telex");
        decoder_ = telex::codec::make_decoder(telex::codec::Framing{});
        session_ = protocol->make(transport_, transport_, options_);
        transport_.bind(*session_);
        session_->start();
    }

    void receive(std::string_view bytes) {
        rest_ += bytes;
        while (!transport_.closed) {
            const auto step = decoder_->decode(rest_);
            if (step.kind == telex::codec::DecodeStep::Kind::frame) {
                session_->on_frame({step.payload, nullptr});
            }
            const bool more = step.kind == telex::codec::DecodeStep::Kind::frame ||
                              step.kind == telex::codec::DecodeStep::Kind::skip;
            rest_.erase(0, step.consumed);
            if (!more) {
                return;
            }
        }
    }

    const std::vector<std::string>& said() const { return transport_.controls; }

    std::size_t published() const { return transport_.published.size(); }

private:
    telex::session::SessionOptions options_;
    telex::testing::FakeTransport transport_;
    std::unique_ptr<telex::codec::Decoder> decoder_;
    std::unique_ptr<telex::session::Session> session_;
    std::string rest_;
};

void shake_hands(Channel& client, Channel& server) {
    for (int i = 0; i < 10; ++i) {
        const auto one = client.handshake();
        const auto other = server.handshake();
        if (one.status == IoStatus::done && other.status == IoStatus::done) {
            return;
        }
    }
    std::abort();
}

// Sends `bytes` in records of `piece` bytes and passes the received bytes to the session.
void converse(std::string_view bytes, std::size_t piece, Conversation& conversation) {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) != 0) {
        std::abort();
    }
    {
        Channel client(contexts().client, fds[0], Channel::Side::client);
        client.expect_server("localhost");
        Channel server(contexts().server, fds[1], Channel::Side::server);
        shake_hands(client, server);
        while (!bytes.empty()) {
            const auto result = client.write(bytes.data(), std::min(piece, bytes.size()));
            if (result.status != IoStatus::done) {
                std::abort();
            }
            bytes.remove_prefix(result.bytes);
        }
        std::array<char, 1000> buffer{};
        for (;;) {
            const auto result = server.read(buffer.data(), buffer.size());
            if (result.status != IoStatus::done) {
                break;
            }
            conversation.receive({buffer.data(), result.bytes});
        }
    }
    ::close(fds[0]);
    ::close(fds[1]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) {
        return 0;
    }
    telex::wire::quiet_protobuf();
    const std::string_view bytes(
        reinterpret_cast<const char*>(data) + 1, std::min(size - 1, kMostBytes)
    );
    Conversation plain;
    plain.receive(bytes);
    Conversation secured;
    // Large enough that all records fit into the socket buffer.
    converse(bytes, data[0] + bytes.size() / 64 + 1, secured);
    if (plain.said() != secured.said() || plain.published() != secured.published()) {
        std::abort();
    }
    return 0;
}

#pragma once
// A sender of datagrams as a client of the exchange.
//
// It may publish and send requests. It cannot subscribe (its session refuses) and cannot be paused.
// Replies over UDP are bounded by what was received, because a source address proves nothing
// (reply_allowance.hpp). Unix senders and loopback addresses, which no other host can forge, are
// not limited.
#include "base/time.hpp"
#include "net/datagram.hpp"
#include "net/socket_address.hpp"
#include "server/connection/client_base.hpp"
#include "server/connection/reply_allowance.hpp"
#include "server/stream/frame_writer.hpp"

#include <string>

namespace telex::server {

// The largest payload that UDP carries over IPv4.
inline constexpr std::size_t kMaxUdpPayload = 65'507;

// Owner: the datagram socket. Thread: its reactor.
class DatagramPeer final : public ClientBase {
public:
    DatagramPeer(
        exchange::Shard& shard,
        ReactorBuffers& buffers,
        ListenerSettingsPtr settings,
        ListenerSlot slot,
        ClientPeer peer,
        std::string key,
        int socket,
        const net::SocketAddress& address
    );
    ~DatagramPeer() override;

    // Before the frames of a datagram of this size.
    void on_datagram(std::size_t bytes);

    void on_frame(ByteView payload) { session_->on_frame({payload, nullptr}); }

    void on_tick() { session_->on_tick(); }

    // The list of users has changed. Returns false if this peer ends, because its user belongs to
    // another account or may no longer use the listener: its next datagram begins a new one.
    [[nodiscard]] bool reauthorize();

    const std::string& key() const { return key_; }

    bool closed() const { return closed_; }

    // broker::Client
    [[nodiscard]] broker::Admission admit(
        const broker::Subscription& subscription, std::size_t bytes, broker::ClientId publisher
    ) override;

    broker::ClientLabel label() const override;

    void charge_held(std::size_t /*bytes*/) override {}

    void release_held(std::size_t /*bytes*/) override {}

    bool can_pause() const override { return false; }

    void pause() override {}

    void resume() override {}

    // session::Transport and broker::Port
    [[nodiscard]] session::SendResult send_control(const session::OutFrame& frame) override {
        return send(frame);
    }

    [[nodiscard]] session::SendResult send_reply(const session::OutFrame& frame) override {
        return send(frame);
    }

    [[nodiscard]] session::SendResult send_delivery(
        const session::OutFrame& frame, std::uint64_t /*subscription*/
    ) override {
        return send(frame);
    }

    // Replies are sent as they arrive: none is held, so none is checked before.
    [[nodiscard]] session::SendResult check_reply(const session::OutFrame& /*frame*/)
        const override {
        return {};
    }

    void close(session::CloseReason reason, std::string_view detail) override;

    TimePoint last_received() const override { return last_received_; }

private:
    // The source of a datagram may be forged: credentials prove nothing.
    Authentication::Channel channel() const override { return {}; }

    [[nodiscard]] session::SendResult send(const session::OutFrame& frame);
    void log_withheld(std::size_t bytes) const;

    std::string key_;
    int socket_;
    net::SocketAddress address_;
    ReactorBuffers& buffers_;
    std::uint32_t max_bytes_;  // of a framed frame
    std::string datagram_;     // while one is sent
    ReplyAllowance allowance_;
    bool closed_ = false;
    TimePoint last_received_;
};

}  // namespace telex::server

#pragma once
// A sender of datagrams as a member of the exchange.
//
// It may publish and ask. It cannot subscribe (its session refuses) and cannot be paused. What goes
// back to it over UDP is bounded by what came from it, because its address is only claimed
// (answer_allowance.hpp). The kernel vouches for unix senders and for loopback addresses, which no
// other host can claim: these are not limited.
#include "net/datagram.hpp"
#include "net/socket_address.hpp"
#include "server/connection/answer_allowance.hpp"
#include "server/connection/party.hpp"

#include <string>

namespace telex::server {

// The largest payload that UDP carries over IPv4.
inline constexpr std::size_t kMaxUdpPayload = 65'507;

// Owner: the datagram socket. Thread: its reactor.
class DatagramPeer final : public Party {
public:
    DatagramPeer(
        exchange::Shard& shard,
        ListenerState& listener,
        session::PeerFacts facts,
        std::string key,
        int socket,
        const net::SocketAddress& address
    );
    ~DatagramPeer() override;

    // `datagram_bytes`: the size of the whole datagram, which `payload` is a part of.
    void on_datagram(ByteView payload, std::size_t datagram_bytes);

    void on_tick() { session_->on_tick(); }

    // The list of users has changed; the listener's own, which this one is, is always among them.
    void review() { (void)review_user(); }

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

    // Datagrams are answered as the answers come: nothing is held, and so nothing is checked
    // before.
    [[nodiscard]] session::SendResult check_reply(const session::OutFrame& /*frame*/)
        const override {
        return {};
    }

    void close(session::CloseReason reason, std::string_view detail) override;

    session::TimePoint last_received() const override { return last_received_; }

private:
    // Sources may be forged: nobody is asked for credentials.
    bool secrets_are_safe() const override { return false; }

    [[nodiscard]] session::SendResult send(const session::OutFrame& frame);
    // The bytes of one datagram.
    [[nodiscard]] Result<std::string, session::SendFault> encode(const session::OutFrame& frame
    ) const;
    void log_withheld(std::size_t bytes) const;

    std::string key_;
    int socket_;
    net::SocketAddress address_;
    bool is_udp_;
    AnswerAllowance allowance_;
    bool closed_ = false;
    session::TimePoint last_received_;
};

}  // namespace telex::server

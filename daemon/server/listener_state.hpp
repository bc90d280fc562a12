#pragma once
// One listener as all reactors see it: its constant options, what is made of them once, and its
// shared count of connections.
#include "codec/encoder.hpp"
#include "codec/framing.hpp"
#include "server/listener_options.hpp"
#include "session/protocol.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace telex::server {

class ListenerState {
public:
    // `users` null: everybody may do everything.
    ListenerState(
        ListenerOptions options, const session::Protocol& protocol, access::UsersPtr users = nullptr
    );

    const ListenerOptions& options() const { return options_; }

    const session::Protocol& protocol() const { return protocol_; }

    const access::UsersPtr& users() const { return users_; }

    // On packet sockets one packet is one frame, whatever framing byte streams have here.
    const codec::Framing& framing(bool packets) const {
        return packets ? packet_framing_ : options_.framing;
    }

    const codec::Encoder& encoder(bool packets) const {
        return packets ? *packet_encoder_ : *stream_encoder_;
    }

    const session::SessionOptions& session_options(bool datagram) const {
        return datagram ? datagram_session_ : options_.session;
    }

    // Any thread. False when the listener is full; then nothing was taken.
    bool take_place();

    void give_place() { connections_.fetch_sub(1, std::memory_order_relaxed); }

    // For a connection without a place that can be told so only after a handshake. Any thread.
    // False: so many are being told already that this one is not worth the memory.
    bool take_standing_room();

    void give_standing_room() { standing_.fetch_sub(1, std::memory_order_relaxed); }

    // What new connections are secured with; null: nothing. Any thread.
    tls::ContextPtr tls_context() const;
    void use_tls_context(tls::ContextPtr context);

    // As bound. Written while the server starts, before any reactor runs.
    std::vector<std::string> bound_addresses;

private:
    ListenerOptions options_;
    const session::Protocol& protocol_;
    const access::UsersPtr users_;
    codec::Framing packet_framing_;
    session::SessionOptions datagram_session_;
    std::unique_ptr<codec::Encoder> stream_encoder_;
    std::unique_ptr<codec::Encoder> packet_encoder_;
    std::atomic<std::uint32_t> connections_{0};
    std::atomic<std::uint32_t> standing_{0};
    mutable std::mutex tls_mutex_;  // held for a copy, once for each connection
    tls::ContextPtr tls_context_;
};

}  // namespace telex::server

#pragma once
// What the configuration says about a listener, and what is made of it once. Constant: a reload
// makes new settings, and connections keep those that they began with.
//
// Thread: any.
#include "codec/encoder.hpp"
#include "codec/framing.hpp"
#include "server/listener/listener_options.hpp"
#include "session/protocol.hpp"
#include "tls/context.hpp"

#include <memory>

namespace telex::server {

class ListenerSettings {
public:
    // `tls` null: connections are not secured.
    ListenerSettings(
        ListenerOptions options, const session::Protocol& protocol, tls::ContextPtr tls = nullptr
    );

    const ListenerOptions& options() const { return options_; }

    const session::Protocol& protocol() const { return protocol_; }

    // On packet sockets one packet is one frame, whatever framing byte streams have here.
    const codec::Framing& framing(bool packets) const {
        return packets ? packet_framing_ : options_.framing;
    }

    // The same for what is written, which may be longer (wire::kHeadAllowance).
    const codec::Framing& outgoing(bool packets) const {
        return packets ? packet_outgoing_ : stream_outgoing_;
    }

    const codec::Encoder& encoder(bool packets) const {
        return packets ? *packet_encoder_ : *stream_encoder_;
    }

    const session::SessionOptions& session_options(bool datagram) const {
        return datagram ? datagram_session_ : options_.session;
    }

    const tls::ContextPtr& tls_context() const { return tls_context_; }

private:
    ListenerOptions options_;
    const session::Protocol& protocol_;
    codec::Framing packet_framing_;
    codec::Framing stream_outgoing_;
    codec::Framing packet_outgoing_;
    session::SessionOptions datagram_session_;
    std::unique_ptr<codec::Encoder> stream_encoder_;
    std::unique_ptr<codec::Encoder> packet_encoder_;
    tls::ContextPtr tls_context_;
};

using ListenerSettingsPtr = std::shared_ptr<const ListenerSettings>;

}  // namespace telex::server

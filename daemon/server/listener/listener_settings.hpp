#pragma once
// The configuration of a listener and what is derived from it. Constant: a reload makes new
// settings, and existing connections keep theirs.
//
// Thread: any.
#include "codec/decoder.hpp"
#include "codec/detect_protocol.hpp"
#include "codec/encoder.hpp"
#include "codec/framing.hpp"
#include "server/listener/listener_options.hpp"
#include "server/stream/frame_writer.hpp"
#include "session/protocol.hpp"
#include "tls/context.hpp"
#include "web/page_guard.hpp"
#include "web/request_check.hpp"
#include "websocket/frame_input.hpp"

#include <memory>

namespace telex::server {

class ListenerSettings {
public:
    // `tls` may be null: then connections are not encrypted.
    ListenerSettings(
        ListenerOptions options, const session::Protocol& protocol, tls::ContextPtr tls = nullptr
    );

    const ListenerOptions& options() const { return options_; }

    const session::Protocol& protocol() const { return protocol_; }

    // Well-known protocols that this listener reads.
    codec::OtherProtocols own_protocols() const {
        return protocol_.can.looks_like | codec::protocols_of(options_.framing);
    }

    // A peer that begins with another protocol is refused.
    bool detects_protocols() const { return !protocol_.can.any_bytes && !options_.websocket; }

    // For one connection.
    std::unique_ptr<codec::Decoder> make_decoder(bool packets) const;

    // On packet sockets one packet is one frame, whatever the framing of byte streams, unless
    // `split_packets`.
    const codec::Framing& framing(bool packets) const {
        return packets ? packet_framing_ : options_.framing;
    }

    // The framing of output, whose frames may be longer (wire::kHeadAllowance).
    const codec::Framing& outgoing(bool packets) const {
        return packets ? packet_outgoing_ : stream_outgoing_;
    }

    const codec::Encoder& encoder(bool packets) const {
        return packets ? *packet_encoder_ : *stream_encoder_;
    }

    const FrameWriter& writer(bool packets) const {
        return packets ? packet_writer_ : stream_writer_;
    }

    const session::SessionOptions& session_options(bool datagram) const {
        return datagram ? datagram_session_ : options_.session;
    }

    std::chrono::milliseconds handshake_timeout() const {
        return options_.tls ? options_.tls->handshake_timeout : TlsOptions{}.handshake_timeout;
    }

    const web::PageGuard& page_guard() const { return page_guard_; }

    // Whether the decoder needs the boundaries of messages.
    websocket::FrameInput::Boundaries message_boundaries() const {
        return has_message_frames() ? websocket::FrameInput::Boundaries::kept
                                    : websocket::FrameInput::Boundaries::dropped;
    }

    const tls::ContextPtr& tls_context() const { return tls_context_; }

private:
    // One message of a WebSocket is one frame.
    bool has_message_frames() const {
        return options_.websocket && !protocol_.has_own_framing() &&
               options_.framing.kind == codec::FramingKind::datagram;
    }

    std::unique_ptr<codec::Encoder> make_stream_encoder() const;

    ListenerOptions options_;
    const session::Protocol& protocol_;
    codec::Framing packet_framing_;
    codec::Framing stream_outgoing_;
    codec::Framing packet_outgoing_;
    session::SessionOptions datagram_session_;
    std::unique_ptr<codec::Encoder> stream_encoder_;
    std::unique_ptr<codec::Encoder> packet_encoder_;
    FrameWriter stream_writer_{stream_outgoing_, *stream_encoder_};
    FrameWriter packet_writer_{packet_outgoing_, *packet_encoder_};
    tls::ContextPtr tls_context_;
    web::PageGuard page_guard_;
    web::RequestCheck request_check_{page_guard_};
};

using ListenerSettingsPtr = std::shared_ptr<const ListenerSettings>;

// The listener's name; keeps the settings alive.
inline std::shared_ptr<const std::string> name_of(const ListenerSettingsPtr& settings) {
    return {settings, &settings->options().name};
}

}  // namespace telex::server

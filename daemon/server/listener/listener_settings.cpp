#include "server/listener/listener_settings.hpp"

#include "websocket/message_decoder.hpp"
#include "websocket/message_encoder.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <utility>

namespace telex::server {

namespace {

// Of a whole packet: limits, endings and empty payloads of the framing apply to it, too.
codec::Framing packets_of(const ListenerOptions& options) {
    codec::Framing framing = options.framing;
    if (!options.split_packets) {
        framing.kind = codec::FramingKind::datagram;
        framing.first = {};
        framing.write.clear();
        framing.unframed.clear();
    }
    return framing;
}

// If the protocol adds a head, a frame may be longer than what a publisher could send.
codec::Framing outgoing_of(codec::Framing framing, const session::Protocol& protocol) {
    if (protocol.can.content == session::FrameContent::payload || framing.max_encode_bytes) {
        return framing;
    }
    const std::uint64_t most =
        std::min<std::uint64_t>(codec::largest_payload(framing), codec::kMaxFrameBytesCeiling);
    framing.max_encode_bytes =
        std::min<std::uint64_t>(framing.max_frame_bytes + wire::kHeadAllowance, most);
    return framing;
}

websocket::MessageForm form_of(const WebSocketOptions& options, const session::Protocol& protocol) {
    const session::FrameContent content = protocol.can.content;
    const bool text = options.text.value_or(content == session::FrameContent::text);
    return {
        .opcode = text ? websocket::Opcode::text : websocket::Opcode::binary,
        .checks_text = text && content != session::FrameContent::text
    };
}

ListenerOptions with_refusals(ListenerOptions options) {
    const codec::Framing& written = options.framing.written();
    if (written.kind == codec::FramingKind::headers) {
        options.session.refuse_as = written.headers.refuse_as;
    }
    return options;
}

session::SessionOptions for_datagrams(session::SessionOptions options) {
    options.datagram = true;
    options.refuse_as.clear();
    return options;
}

}  // namespace

ListenerSettings::ListenerSettings(
    ListenerOptions options, const session::Protocol& protocol, tls::ContextPtr tls
)
    : options_(with_refusals(std::move(options))),
      protocol_(protocol),
      packet_framing_(packets_of(options_)),
      stream_outgoing_(outgoing_of(options_.framing, protocol)),
      packet_outgoing_(outgoing_of(packet_framing_, protocol)),
      datagram_session_(for_datagrams(options_.session)),
      stream_encoder_(make_stream_encoder()),
      packet_encoder_(codec::make_encoder(packet_outgoing_)),
      tls_context_(std::move(tls)),
      page_guard_(options_.origins) {}

std::unique_ptr<codec::Encoder> ListenerSettings::make_stream_encoder() const {
    auto frames = protocol_.has_own_framing()
                      ? protocol_.make_encoder(stream_outgoing_.encode_limit())
                  : has_message_frames() ? websocket::make_whole_message_encoder(stream_outgoing_)
                                         : codec::make_encoder(stream_outgoing_);
    if (!options_.websocket) {
        return frames;
    }
    return std::make_unique<websocket::MessageEncoder>(
        form_of(*options_.websocket, protocol_), std::move(frames)
    );
}

std::unique_ptr<codec::Decoder> ListenerSettings::make_decoder(bool packets) const {
    if (has_message_frames() && !packets) {
        return std::make_unique<websocket::MessageDecoder>(options_.framing);
    }
    if (protocol_.has_own_framing()) {
        return protocol_.make_decoder(options_.framing.max_frame_bytes);
    }
    // Pages cannot send packets, and the upgrade to WebSocket has its own check.
    const bool of_pages = !packets && !options_.websocket;
    return codec::make_decoder(framing(packets), of_pages ? &request_check_ : nullptr);
}

}  // namespace telex::server

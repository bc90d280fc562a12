#include "server/listener/listener_settings.hpp"

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

std::unique_ptr<codec::Encoder> make_stream_encoder(
    const codec::Framing& framing, const session::Protocol& protocol
) {
    return protocol.has_own_framing() ? protocol.make_encoder(framing.encode_limit())
                                      : codec::make_encoder(framing);
}

session::SessionOptions for_datagrams(session::SessionOptions options) {
    options.datagram = true;
    return options;
}

}  // namespace

ListenerSettings::ListenerSettings(
    ListenerOptions options, const session::Protocol& protocol, tls::ContextPtr tls
)
    : options_(std::move(options)),
      protocol_(protocol),
      packet_framing_(packets_of(options_)),
      stream_outgoing_(outgoing_of(options_.framing, protocol)),
      packet_outgoing_(outgoing_of(packet_framing_, protocol)),
      datagram_session_(for_datagrams(options_.session)),
      stream_encoder_(make_stream_encoder(stream_outgoing_, protocol)),
      packet_encoder_(codec::make_encoder(packet_outgoing_)),
      tls_context_(std::move(tls)) {}

std::unique_ptr<codec::Decoder> ListenerSettings::make_decoder(bool packets) const {
    return protocol_.has_own_framing() ? protocol_.make_decoder(options_.framing.max_frame_bytes)
                                       : codec::make_decoder(framing(packets));
}

}  // namespace telex::server

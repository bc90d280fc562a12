#include "server/listener_settings.hpp"

#include <utility>

namespace telex::server {

namespace {

codec::Framing packets_of(const codec::Framing& framing) {
    codec::Framing packets;
    packets.kind = codec::FramingKind::datagram;
    packets.max_frame_bytes = framing.max_frame_bytes;
    packets.max_encode_bytes = framing.max_encode_bytes;
    packets.empty = codec::EmptyFrames::ignore;
    return packets;
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
      packet_framing_(packets_of(options_.framing)),
      datagram_session_(for_datagrams(options_.session)),
      stream_encoder_(codec::make_encoder(options_.framing)),
      packet_encoder_(codec::make_encoder(packet_framing_)),
      tls_context_(std::move(tls)) {}

}  // namespace telex::server

#include "server/listener_settings.hpp"

#include <utility>

namespace telex::server {

namespace {

// What the framing says about limits, endings and empty payloads holds for packets, too.
codec::Framing packets_of(codec::Framing framing) {
    framing.kind = codec::FramingKind::datagram;
    return framing;
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

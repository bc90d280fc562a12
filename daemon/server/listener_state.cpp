#include "server/listener_state.hpp"

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

ListenerState::ListenerState(
    ListenerOptions options, const session::Protocol& protocol, access::UsersPtr users
)
    : options_(std::move(options)),
      protocol_(protocol),
      users_(std::move(users)),
      packet_framing_(packets_of(options_.framing)),
      datagram_session_(for_datagrams(options_.session)),
      stream_encoder_(codec::make_encoder(options_.framing)),
      packet_encoder_(codec::make_encoder(packet_framing_)) {}

tls::ContextPtr ListenerState::tls_context() const {
    const std::scoped_lock lock(tls_mutex_);
    return tls_context_;
}

void ListenerState::use_tls_context(tls::ContextPtr context) {
    const std::scoped_lock lock(tls_mutex_);
    tls_context_ = std::move(context);
}

bool ListenerState::take_place() {
    if (connections_.fetch_add(1, std::memory_order_relaxed) < options_.max_connections) {
        return true;
    }
    give_place();
    return false;
}

}  // namespace telex::server

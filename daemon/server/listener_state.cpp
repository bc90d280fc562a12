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

// An unfinished handshake holds some 47 KiB.
constexpr std::uint32_t kStandingRoom = 64;

bool take(std::atomic<std::uint32_t>& taken, std::uint32_t most) {
    if (taken.fetch_add(1, std::memory_order_relaxed) < most) {
        return true;
    }
    taken.fetch_sub(1, std::memory_order_relaxed);
    return false;
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
    return take(connections_, options_.max_connections);
}

bool ListenerState::take_standing_room() {
    return take(standing_, kStandingRoom);
}

}  // namespace telex::server

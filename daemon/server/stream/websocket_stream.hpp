#pragma once
// ByteStream over WebSocket (RFC 6455) over another stream: a socket, plain or with TLS. The
// bytes that are read have no masks and no control frames. The bytes that are written are whole
// WebSocket messages already: the encoder makes them (websocket/message_encoder.hpp).
//
//   handshake of the other stream -> request -> response -> frames
//                                           \-> refusal -> the rest is read and dropped -> error
//
// Pings are answered, and the peer's close frame ends the input. The last ping of a read has its
// pong; a peer that sends pings and reads nothing is not read for long, as with requests.
#include "server/stream/byte_stream.hpp"
#include "web/upgrade.hpp"
#include "websocket/frame_input.hpp"

#include <memory>

namespace telex::server {

// The rules must outlive the stream.
std::unique_ptr<ByteStream> make_websocket_stream(
    std::unique_ptr<ByteStream> transport,
    const web::UpgradeRules& rules,
    const web::PageGuard& guard,
    websocket::FrameInput::Boundaries boundaries
);

}  // namespace telex::server

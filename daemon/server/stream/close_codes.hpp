#pragma once
// The code of a WebSocket's close frame for each reason to close a connection.
#include "session/transport.hpp"
#include "websocket/wire.hpp"

namespace telex::server {

websocket::CloseCode close_code_of(session::CloseReason reason);

}  // namespace telex::server

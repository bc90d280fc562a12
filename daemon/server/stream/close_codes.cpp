#include "server/stream/close_codes.hpp"

namespace telex::server {

websocket::CloseCode close_code_of(session::CloseReason reason) {
    using session::CloseReason;
    using websocket::CloseCode;
    switch (reason) {
        case CloseReason::client_closed:
        case CloseReason::finished:
            return CloseCode::normal;
        case CloseReason::shutting_down:
            return CloseCode::going_away;
        case CloseReason::bad_frame:
            return CloseCode::protocol_error;
        case CloseReason::frame_too_large:
            return CloseCode::too_big;
        case CloseReason::internal_error:
            return CloseCode::internal_error;
        case CloseReason::too_many_connections:
        case CloseReason::memory_budget:
        case CloseReason::displaced:
            return CloseCode::try_again_later;
        default:
            return CloseCode::policy;
    }
}

}  // namespace telex::server

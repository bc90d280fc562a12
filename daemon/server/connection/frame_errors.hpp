#pragma once
// What a framing error means on the wire and in the connection's log line.
#include "broker/close_reason.hpp"
#include "codec/frame_error.hpp"
#include "telex/v1/error.pb.h"

namespace telex::server {

struct FrameErrorMeaning {
    v1::ErrorCode code;
    session::CloseReason reason;
};

inline FrameErrorMeaning meaning_of(codec::FrameError error) {
    if (error == codec::FrameError::too_large) {
        return {v1::FRAME_TOO_LARGE, session::CloseReason::frame_too_large};
    }
    return {v1::BAD_FRAME, session::CloseReason::bad_frame};
}

}  // namespace telex::server

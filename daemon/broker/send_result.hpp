#pragma once
// The outcome of handing a message or frame to its receiver.
#include "base/result.hpp"
#include "broker/drop_reason.hpp"
#include "codec/frame_error.hpp"
#include "telex/v1/error.pb.h"

#include <optional>

namespace telex::broker {

// Why it was not queued.
struct SendFault {
    DropReason reason = DropReason::not_encodable;
    // Set when the framing rejected it.
    std::optional<codec::FrameError> framing{};
};

using SendResult = Result<void, SendFault>;

inline tl::unexpected<SendFault> not_sent(
    DropReason reason, std::optional<codec::FrameError> framing = std::nullopt
) {
    return tl::unexpected(SendFault{reason, framing});
}

// The error that a requester receives instead of a reply that cannot be written.
v1::ErrorCode code_of_unsent_reply(const SendFault& fault);

// The drop reason for a frame that the framing rejected.
DropReason reason_of(codec::FrameError error);

}  // namespace telex::broker

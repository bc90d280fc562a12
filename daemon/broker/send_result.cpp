#include "broker/send_result.hpp"

namespace telex::broker {

v1::ErrorCode code_of_unsent_reply(const SendFault& fault) {
    const bool too_large =
        fault.reason == DropReason::too_large || fault.reason == DropReason::amplification;
    return too_large ? v1::ANSWER_TOO_LARGE : v1::INTERNAL;
}

DropReason reason_of(codec::FrameError error) {
    return error == codec::FrameError::too_large ? DropReason::too_large
                                                 : DropReason::not_encodable;
}

}  // namespace telex::broker

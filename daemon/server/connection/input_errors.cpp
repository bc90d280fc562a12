#include "server/connection/input_errors.hpp"

#include <string>
#include <utility>

namespace telex::server {

v1::ErrorCode code_of(codec::FrameError error) {
    return error == codec::FrameError::too_large ? v1::FRAME_TOO_LARGE : v1::BAD_FRAME;
}

InputError describe_input_error(const StreamFailure& failure) {
    return {
        {.code = v1::BAD_FRAME, .text = failure.text, .closing = true},
        session::CloseReason::bad_frame
    };
}

InputError describe_input_error(
    const FrameReader::Step& step,
    std::optional<codec::OtherProtocol> detected,
    std::string_view protocol
) {
    const std::string name(detected ? codec::name_of(*detected) : "another protocol");
    if (step.kind == FrameReader::Step::Kind::other_protocol) {
        return {
            {.code = v1::WRONG_PROTOCOL,
             .text = "the peer speaks " + name + "; this port speaks " + std::string(protocol),
             .closing = true},
            session::CloseReason::wrong_protocol
        };
    }
    if (step.error == codec::FrameError::foreign_page) {
        return {
            {.code = v1::PERMISSION_DENIED,
             .text = "foreign_page: a page of another site may not send requests here, unless "
                     "'origins' of the listener permits it",
             .closing = true,
             .framing = step.error},
            session::CloseReason::not_permitted
        };
    }
    std::string text = "framing error: " + std::string(codec::name_of(step.error));
    if (detected) {
        text += "; the peer seems to speak " + name;
    }
    const bool too_large = step.error == codec::FrameError::too_large;
    return {
        {.code = code_of(step.error),
         .text = std::move(text),
         .closing = true,
         .framing = step.error},
        too_large ? session::CloseReason::frame_too_large : session::CloseReason::bad_frame
    };
}

}  // namespace telex::server

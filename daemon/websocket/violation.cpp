#include "websocket/violation.hpp"

namespace telex::websocket {

CloseCode code_of(Violation violation) {
    switch (violation) {
        case Violation::bad_text:
            return CloseCode::bad_text;
        case Violation::too_many_fragments:
            return CloseCode::too_big;
        default:
            return CloseCode::protocol_error;
    }
}

std::string_view text_of(Violation violation) {
    switch (violation) {
        case Violation::not_masked:
            return "the frame has no mask";
        case Violation::reserved_bits:
            return "reserved bits are set";
        case Violation::reserved_opcode:
            return "the opcode is reserved";
        case Violation::fragmented_control:
            return "a control frame is fragmented";
        case Violation::long_control:
            return "a control frame has more than 125 bytes";
        case Violation::unexpected_continuation:
            return "a continuation frame without a message";
        case Violation::interleaved_message:
            return "a message begins within another one";
        case Violation::long_form:
            return "the length has more bytes than necessary";
        case Violation::bad_length:
            return "the highest bit of the length is set";
        case Violation::too_many_fragments:
            return "a message has too many fragments";
        case Violation::bad_close:
            return "malformed close frame";
        case Violation::bad_text:
            return "the text is not UTF-8";
    }
    return {};
}

}  // namespace telex::websocket

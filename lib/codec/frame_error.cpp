#include "codec/frame_error.hpp"

namespace telex::codec {

std::string_view name_of(FrameError error) {
    switch (error) {
        case FrameError::too_large:
            return "too_large";
        case FrameError::bad_length:
            return "bad_length";
        case FrameError::bad_start:
            return "bad_start";
        case FrameError::bad_header:
            return "bad_header";
        case FrameError::transfer_encoding:
            return "transfer_encoding";
        case FrameError::head_too_large:
            return "head_too_large";
        case FrameError::foreign_page:
            return "foreign_page";
        case FrameError::bad_value:
            return "bad_value";
        case FrameError::too_deep:
            return "too_deep";
        case FrameError::bad_trailer:
            return "bad_trailer";
        case FrameError::bad_escape:
            return "bad_escape";
        case FrameError::bad_checksum:
            return "bad_checksum";
        case FrameError::truncated:
            return "truncated";
        case FrameError::delimiter_in_payload:
            return "delimiter_in_payload";
        case FrameError::unrepresentable:
            return "unrepresentable";
        case FrameError::empty_frame:
            return "empty_frame";
        case FrameError::wrong_size:
            return "wrong_size";
    }
    return "unknown";
}

}  // namespace telex::codec

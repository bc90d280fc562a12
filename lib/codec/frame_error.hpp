#pragma once
// Why bytes could not be decoded, or a payload could not be encoded. The names are stable: they
// label metrics and log lines.
#include <array>
#include <cstdint>
#include <string_view>

namespace telex::codec {

enum class FrameError : std::uint8_t {
    too_large,             // over the limit, or over the budget of bytes discarded in a row
    bad_length,            // malformed, non-canonical, overflowing or below the possible minimum
    bad_start,             // the literal at the beginning of a frame differs
    bad_header,            // a line that is not a header, or that readers may interpret differently
    transfer_encoding,     // headers: the body has a coding (chunked) instead of a length
    head_too_large,        // headers: no blank line within the limit
    foreign_page,          // headers: a request of a web page that may not use the listener
    bad_value,             // not a value of the format; encode: not a whole one
    too_deep,              // values nested deeper than the limit
    bad_trailer,           // the literal after the body differs
    bad_escape,            // byte stuffing that no encoder produces
    bad_checksum,          // the checksum after the content differs
    truncated,             // the stream ended inside a frame
    delimiter_in_payload,  // encode: the reader would split or shorten this payload
    unrepresentable,       // encode: the length field has no value for this payload
    empty_frame,           // an empty payload that the framing rejects or cannot carry
    wrong_size,            // encode: the payload's size differs from the fixed size
};

inline constexpr std::array kAllFrameErrors = {
    FrameError::too_large,
    FrameError::bad_length,
    FrameError::bad_start,
    FrameError::bad_header,
    FrameError::transfer_encoding,
    FrameError::head_too_large,
    FrameError::foreign_page,
    FrameError::bad_value,
    FrameError::too_deep,
    FrameError::bad_trailer,
    FrameError::bad_escape,
    FrameError::bad_checksum,
    FrameError::truncated,
    FrameError::delimiter_in_payload,
    FrameError::unrepresentable,
    FrameError::empty_frame,
    FrameError::wrong_size,
};

// "too_large", "bad_length", ...
std::string_view name_of(FrameError error);

}  // namespace telex::codec

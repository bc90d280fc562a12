#pragma once
// Why bytes could not become a frame, or a payload could not become bytes. The names are stable:
// they label metrics and log lines.
#include <array>
#include <cstdint>
#include <string_view>

namespace telex::codec {

enum class FrameError : std::uint8_t {
    too_large,             // over the limit; also: more discarded in a row than the budget allows
    bad_length,            // malformed, non-canonical, overflowing or below the possible minimum
    bad_trailer,           // the literal after the body is something else
    bad_escape,            // byte stuffing that no encoder writes
    truncated,             // the stream ended inside a frame
    delimiter_in_payload,  // encode: the reader would cut this payload in two, or shorten it
    unrepresentable,       // encode: the length field has no value for this payload
    empty_frame,           // an empty payload where the framing refuses or cannot carry one
    wrong_size,            // encode: a fixed-size framing and a payload of another size
};

inline constexpr std::array kAllFrameErrors = {
    FrameError::too_large,
    FrameError::bad_length,
    FrameError::bad_trailer,
    FrameError::bad_escape,
    FrameError::truncated,
    FrameError::delimiter_in_payload,
    FrameError::unrepresentable,
    FrameError::empty_frame,
    FrameError::wrong_size,
};

// "too_large", "bad_length", ...
std::string_view name_of(FrameError error);

}  // namespace telex::codec

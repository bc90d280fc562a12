#pragma once
// The faults of a peer's frames (RFC 6455), and the codes that say so.
#include "websocket/wire.hpp"

#include <cstdint>
#include <string_view>

namespace telex::websocket {

enum class Violation : std::uint8_t {
    not_masked,
    reserved_bits,
    reserved_opcode,
    fragmented_control,
    long_control,
    unexpected_continuation,  // there is no message to continue
    interleaved_message,      // a message begins within another one
    long_form,                // a length in more bytes than necessary
    bad_length,               // the highest bit of a length is set
    too_many_fragments,
    bad_close,  // a close frame of one byte, or with a code that no peer may send
    bad_text,   // a text that is not UTF-8
};

CloseCode code_of(Violation violation);
// For the log and the peer: "the frame has no mask".
std::string_view text_of(Violation violation);

}  // namespace telex::websocket

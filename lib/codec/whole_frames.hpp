#pragma once
// Replies of several frames. A responder that speaks another protocol may send several of its
// frames for one request (a PostgreSQL query, a gearman packet, an FTP transfer). This requires
// payloads that include their own boundaries: length.keep_head, headers.keep_head,
// delimiter.keep, or values. They are written unchanged after each has been checked.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/encoder.hpp"
#include "codec/frame_error.hpp"
#include "codec/framing.hpp"

#include <string>

namespace telex::codec {

// Returns true if a payload of this framing includes its own boundary.
bool brings_boundaries(const Framing& framing);

// Checks that `bytes`, as on the wire, are one or more whole frames and nothing else, each within
// the limit for writing. Linear. Requires a valid `framing`.
[[nodiscard]] Result<void, FrameError> check_whole_frames(const Framing& framing, ByteView bytes);

// Appends a reply: one frame as Encoder::encode writes it or, if payloads include their boundaries,
// several whole frames unchanged. Requires the framing's own `encoder`. On error nothing is
// appended, and the error is that of a single frame.
[[nodiscard]] Result<void, FrameError> encode_reply(
    const Framing& framing, const Encoder& encoder, ByteView payload, std::string& out
);

}  // namespace telex::codec

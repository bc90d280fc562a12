#pragma once
// Answers of several frames. A responder that speaks a foreign protocol may answer one question
// with several of its frames (a PostgreSQL query, a gearman packet, an FTP transfer). That is
// possible where payloads bring their own boundaries: with length.keep_head or delimiter.keep. They
// are then written as they stand, after each of them was checked.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/encoder.hpp"
#include "codec/frame_error.hpp"
#include "codec/framing.hpp"

#include <string>

namespace telex::codec {

// True when a payload of this framing shows by itself where it ends.
bool brings_boundaries(const Framing& framing);

// Checks that `bytes`, as they stand on the wire, are one or more whole frames and nothing else,
// each within the limit for writing. Linear. `framing` must be valid.
[[nodiscard]] Result<void, FrameError> check_whole_frames(const Framing& framing, ByteView bytes);

// Appends an answer: one frame as Encoder::encode writes it, or, where payloads bring their
// boundaries, several whole frames as they are. `encoder` is that of the framing. On error nothing
// is appended, and the error is that of a single frame.
[[nodiscard]] Result<void, FrameError> encode_answer(
    const Framing& framing, const Encoder& encoder, ByteView payload, std::string& out
);

}  // namespace telex::codec

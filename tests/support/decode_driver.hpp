#pragma once
// Plays the connection for a decoder: feeds a stream in pieces, does what each step says and checks
// that the decoder keeps its side of the contract (decoder.hpp).
#include "base/bytes.hpp"
#include "codec/framing.hpp"
#include "support/naive_decoder.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace telex::test {

struct DriveResult {
    DecodeOutcome outcome;
    std::uint64_t examined = 0;
    // Where every byte of the stream went: the sum is the stream's size.
    std::size_t in_frames = 0;  // payloads, with their heads, delimiters and escapes
    std::size_t skipped = 0;
    std::size_t buffered = 0;  // left when the stream ended or failed
    std::size_t ahead = 0;     // frames that were taken by look_ahead()
    // What broke the contract, if anything did.
    std::optional<std::string> violation;
};

// How many bytes arrive next (at least 1).
using NextPiece = std::function<std::size_t()>;

// Frames are taken by decode(), or several at once by look_ahead().
// Every call gets its own, exactly fitting copy of the input, so that a sanitizer sees each
// read beyond it and each view kept too long.
DriveResult drive(const codec::Framing& framing, ByteView stream, const NextPiece& next_piece);

// Pieces of one size; whole: all at once.
DriveResult drive_pieces(const codec::Framing& framing, ByteView stream, std::size_t piece);
DriveResult drive_whole(const codec::Framing& framing, ByteView stream);

}  // namespace telex::test

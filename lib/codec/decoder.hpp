#pragma once
// Bytes to frames, incrementally and without I/O.
//
// The owner keeps the bytes that arrived in one contiguous run and calls decode() until it says
// need_more; after each step it drops `consumed` bytes from the front. How the bytes were split by
// the network makes no difference to the frames.
//
//      decode ──frame──▶ deliver, drop, again          decode ──skip──▶ drop, count, again
//             ──need_more──▶ read more bytes, again           ──error──▶ close
//      end of stream: finish(rest), once, the same four answers (need_more: nothing left over)
#include "base/bytes.hpp"
#include "codec/frame_error.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace telex::codec {

struct [[nodiscard]] DecodeStep {
    enum class Kind : std::uint8_t { need_more, frame, skip, error };

    Kind kind = Kind::need_more;
    // error: fatal, the stream cannot be resynchronised; the owner closes.
    FrameError error = FrameError::too_large;
    // skip: a frame was given up here. One that is skipped in several steps says so in the first
    // only; fillers and ignored empty frames never do.
    bool lost = false;
    // Drop this many bytes from the front of the input: frame and skip at least 1, else 0.
    std::size_t consumed = 0;
    // need_more: the bytes (unconsumed ones included) without which nothing can happen; more than
    // the input has and never more than the largest legal frame. 0 from finish().
    std::size_t need = 0;
    // frame: points into the input or, where bytes were unstuffed, into the decoder; valid until
    // the next call.
    ByteView payload{};

    static DecodeStep make_need_more(std::size_t need) { return {.need = need}; }

    static DecodeStep make_frame(std::size_t consumed, ByteView payload) {
        return {.kind = Kind::frame, .consumed = consumed, .payload = payload};
    }

    static DecodeStep make_skip(std::size_t consumed, bool lost) {
        return {.kind = Kind::skip, .lost = lost, .consumed = consumed};
    }

    static DecodeStep make_error(FrameError error) { return {.kind = Kind::error, .error = error}; }
};

// The reading side of one stream. Owned by the connection, used on its reactor only. Never throws
// but std::bad_alloc; allocates only for stuffed framings, after the limit was checked.
class Decoder {
public:
    Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    virtual ~Decoder() = default;

    // `input` is everything not yet consumed: the same bytes as after the last call, plus new ones.
    virtual DecodeStep decode(ByteView input) = 0;

    // The stream ended and `rest` is what the last decode() left: a last frame, a skip, an error or
    // need_more (nothing left over). The end of the decoder's use.
    virtual DecodeStep finish(ByteView rest) = 0;

    // Lowers the payload limit below the framing's, or lifts it again (up to the framing's). Holds
    // from the next frame on: to be called between frames.
    virtual void limit_payload(std::size_t max_bytes) = 0;

    // Bytes looked at so far, repeated looks included: tests prove that the work is linear.
    std::uint64_t examined() const { return examined_; }

protected:
    std::uint64_t examined_ = 0;
};

// `framing` must be valid: validate() found nothing.
std::unique_ptr<Decoder> make_decoder(const Framing& framing);

}  // namespace telex::codec

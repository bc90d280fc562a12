#pragma once
// Turns bytes into frames, incrementally and without I/O.
//
// The owner keeps the received bytes in one contiguous run and calls decode() until it returns
// need_more; after each step it drops `consumed` bytes from the front. The frames do not depend on
// how the network split the bytes.
//
//     decode ──frame──▶ deliver, drop, again          decode ──skip──▶ drop, count, again
//            ──need_more──▶ read more bytes, again           ──error──▶ close
//     end of stream: finish(rest), once; it returns the same kinds (need_more: nothing is left)
#include "base/bytes.hpp"
#include "codec/frame_error.hpp"
#include "codec/framing.hpp"
#include "codec/head_check.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace telex::codec {

struct [[nodiscard]] DecodeStep {
    enum class Kind : std::uint8_t { need_more, frame, skip, error };

    Kind kind = Kind::need_more;
    // error: fatal, the stream cannot be resynchronised; the owner closes it.
    FrameError error = FrameError::too_large;
    // skip: a frame was discarded. If discarding takes several steps, only the first sets this;
    // fillers and ignored empty frames never do.
    bool lost = false;
    // Bytes to drop from the front of the input: at least 1 for frame and skip, else 0.
    std::size_t consumed = 0;
    // need_more: size of the input (unconsumed bytes included) below which no step is possible;
    // larger than the input and at most the largest legal frame. 0 from finish().
    std::size_t need = 0;
    // frame: points into the input, or into the decoder if bytes were unstuffed; valid until the
    // next call.
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

// A whole frame further on in the input.
struct FrameAhead {
    ByteView payload{};
    std::size_t end = 0;  // in the input: where the next frame begins
};

// The reading side of one stream. Owned by the connection and used on its reactor thread only.
// Throws nothing but std::bad_alloc; allocates only for stuffed framings and joined parts, after
// checking the limit.
class Decoder {
public:
    Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    virtual ~Decoder() = default;

    // `input` is all bytes not yet consumed: those left by the last call, plus new ones.
    virtual DecodeStep decode(ByteView input) = 0;

    // Call after decode() has returned a frame and its bytes were dropped. Finds the whole frames
    // at the front of the input, those that decode() would return next, at most as many as `frames`
    // has places. Returns their number, which may be less than decode() would find. The owner drops
    // what it takes, up to the end of a frame, and offers the rest to decode().
    virtual std::size_t look_ahead(ByteView /*input*/, std::span<FrameAhead> /*frames*/) {
        return 0;
    }

    // Ends the stream; `rest` is the input left by the last decode(). Returns a last frame, a skip,
    // an error or need_more (nothing is left). The decoder must not be used afterwards.
    virtual DecodeStep finish(ByteView rest) = 0;

    // The sender has paused for Framing::idle; `rest` is the input left by the last decode().
    // Returns the frame that the pause ends, which is all of `rest`, or need_more if it ends none.
    // Then the stream goes on.
    virtual DecodeStep end_by_pause(ByteView /*rest*/) { return DecodeStep::make_need_more(0); }

    // Whether it decodes like a decoder that was just made, but for the payload limit: nothing of
    // its stream matters. False where that is not known.
    virtual bool is_fresh() const { return false; }

    // Frees memory of the last frame, whose payload is no longer used.
    virtual void release() {}

    // Lowers the payload limit below the framing's, or raises it again up to the framing's. Applies
    // from the next frame on; call it between frames.
    virtual void limit_payload(std::size_t max_bytes) = 0;

    // Bytes examined so far, each time they were examined: tests check that the work is linear.
    std::uint64_t examined() const { return examined_; }

protected:
    std::uint64_t examined_ = 0;
};

// Requires a valid `framing` (validate() returns nullopt). `check`: of frames with start lines
// (has_start_lines()), or null; it must outlive the decoder.
std::unique_ptr<Decoder> make_decoder(const Framing& framing, const HeadCheck* check = nullptr);

}  // namespace telex::codec

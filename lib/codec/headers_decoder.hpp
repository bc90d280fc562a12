#pragma once
// Frames that begin with a block of headers. The body is read by the decoder of another kind: that
// of length prefixes if the headers have a length, or that of delimiters if the trailer ends it.
//
//      between frames ──line ends──▶ between frames (skipped: heartbeats of STOMP, keep-alives of
//      SIP)
//            │
//            └──▶ head (checked when it is complete) ──length──▶ counted ──its frame ends──▶
//            between frames
//                   ├──no length, trailer──▶ delimited ──its frame ends──▶ between frames
//                   └──no length, close──▶ to_close ──end of the stream──▶ frame
#include "codec/decoder.hpp"
#include "codec/delimiter_decoder.hpp"
#include "codec/head_check.hpp"
#include "codec/header_block.hpp"
#include "codec/known_head.hpp"
#include "codec/length_decoder.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::codec {

class HeadersDecoder final : public Decoder {
public:
    // `check` may be null.
    HeadersDecoder(const Framing& framing, const HeadCheck* check);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

private:
    enum class State : std::uint8_t { between_frames, head, counted, delimited, to_close };

    DecodeStep step(ByteView input);
    DecodeStep skip_line_ends(ByteView input);
    DecodeStep read_head(ByteView input);
    DecodeStep check_head(ByteView input);
    DecodeStep begin_body(ByteView input);
    DecodeStep begin_counted(ByteView input, std::uint64_t body);
    DecodeStep begin_delimited(ByteView input);
    DecodeStep give_up_head();
    DecodeStep read_counted(ByteView input);
    DecodeStep read_delimited(ByteView input);
    DecodeStep with_head(ByteView input, DecodeStep body);
    DecodeStep read_to_close(ByteView input) const;
    DecodeStep frame_at_close(ByteView rest) const;
    void end_frame();

    HeaderOptions options_;
    const HeadCheck* check_;
    HeaderBlock block_;
    LengthDecoder<KnownHead> counted_;
    DelimiterDecoder delimited_;
    EmptyFrames empty_;
    State state_ = State::between_frames;
    std::size_t head_ = 0;  // delimited, to_close: bytes of the headers at the front of the input
    std::size_t limit_;
    std::size_t max_frame_bytes_;
    std::uint64_t examined_here_ = 0;
};

}  // namespace telex::codec

#pragma once
// Delimited frames.
//
//      start ──literal──▶ search ──delimiter found──▶ frame (or skipped empty frame) ──▶ start
//                           │
//                           └──no delimiter within the limit, discard──▶ discard ──▶ start
//
// Framings without a literal at the beginning of their frames begin with `search`. While
// discarding, the last bytes stay in the input: they may begin a delimiter.
#include "codec/decoder.hpp"
#include "codec/delimiter_search.hpp"
#include "codec/discard.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::codec {

class DelimiterDecoder final : public Decoder {
public:
    explicit DelimiterDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

    bool between_frames() const { return !discarding_ && scanned_ == 0; }  // without a literal

    // Between frames: the next frame is lost, up to its delimiter.
    void discard_next() { discarding_ = true; }

    // Remaining discard budget; copied between decoders that alternate.
    DiscardBudget& discard_budget() { return budget_; }

private:
    DecodeStep after_start(ByteView input, DecodeStep step);
    DecodeStep decode_content(ByteView input);
    [[gnu::always_inline]] DecodeStep terminated(ByteView input, DelimiterMatch match);
    DecodeStep unterminated(ByteView input);
    DecodeStep unterminated_at_eof(ByteView rest);

    std::string start_;
    DelimiterSearch search_;
    bool optional_cr_;
    bool keep_;
    AtEof at_eof_;
    EmptyFrames empty_;
    bool close_when_oversize_;
    bool started_ = false;  // the literal of this frame was checked; it stays in the input
    bool discarding_ = false;
    std::size_t held_back_;    // bytes at the end of the input that may begin a delimiter
    std::size_t scanned_ = 0;  // no delimiter ends before this offset
    std::size_t limit_;
    std::size_t max_frame_bytes_;
    DiscardBudget budget_;
};

}  // namespace telex::codec

#pragma once
// Delimited frames.
//
//      start ──literal──▶ search ──delimiter found──▶ frame (or skipped empty frame) ──▶ start
//                           │
//                           └──no delimiter within the limit, discard──▶ discard ──▶ start
//
// The search finds delimiters anywhere, or only outside of quotes and brackets
// (delimiter_context.hpp).
//
// Bytes of `skip` before a literal are passed over. Framings without a literal at the beginning of
// their frames begin with `search`. While discarding, the last bytes stay in the input: they may
// begin a delimiter.
#include "codec/decoder.hpp"
#include "codec/delimiter_context.hpp"
#include "codec/delimiter_search.hpp"
#include "codec/discard.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::codec {

// Search is DelimiterSearch or ContextSearch.
template <class Search>
class BasicDelimiterDecoder final : public Decoder {
public:
    BasicDelimiterDecoder(const Framing& framing, Search search);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

    bool is_fresh() const override {
        return !Search::kHasContext && !started_ && between_frames() && budget_.is_full();
    }

    bool between_frames() const { return !discarding_ && scanned_ == 0; }  // without a literal

    // Between frames: the next frame is lost, up to its delimiter.
    void discard_next() { discarding_ = true; }

    // Remaining discard budget; copied between decoders that alternate.
    DiscardBudget& discard_budget() { return budget_; }

private:
    [[gnu::noinline]] DecodeStep decode_after_start(ByteView input);
    DecodeStep after_start(ByteView input, DecodeStep step);
    [[gnu::always_inline]] DecodeStep decode_content(ByteView input);
    DecodeStep decode_in_context(ByteView input)
        requires(Search::kHasContext);
    [[gnu::always_inline]] DecodeStep terminated(ByteView input, DelimiterMatch match);
    DecodeStep unterminated(ByteView input);
    DecodeStep unterminated_at_eof(ByteView rest);

    std::string start_;
    std::string skip_;
    Search search_;
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

using DelimiterDecoder = BasicDelimiterDecoder<DelimiterSearch>;
using ContextDelimiterDecoder = BasicDelimiterDecoder<ContextSearch>;

extern template class BasicDelimiterDecoder<DelimiterSearch>;
extern template class BasicDelimiterDecoder<ContextSearch>;

}  // namespace telex::codec

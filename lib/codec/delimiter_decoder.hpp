#pragma once
// Delimited frames.
//
//      search ──delimiter found──▶ frame (or skipped empty frame) ──▶ search
//        │
//        └──no delimiter within the limit, discard──▶ discard ──delimiter found──▶ search
//
// While discarding, the last bytes stay in the input: they may begin a delimiter.
#include "codec/decoder.hpp"
#include "codec/delimiter_search.hpp"
#include "codec/discard.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::codec {

class DelimiterDecoder final : public Decoder {
public:
    explicit DelimiterDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

    bool between_frames() const { return !discarding_ && scanned_ == 0; }

    // Remaining discard budget; copied between decoders that alternate.
    DiscardBudget& discard_budget() { return budget_; }

private:
    DecodeStep terminated(ByteView input, DelimiterMatch match);
    DecodeStep unterminated(ByteView input);
    DecodeStep unterminated_at_eof(ByteView rest);

    DelimiterSearch search_;
    bool optional_cr_;
    bool keep_;
    AtEof at_eof_;
    EmptyFrames empty_;
    bool close_when_oversize_;
    bool discarding_ = false;
    std::size_t held_back_;    // bytes at the end of the input that may begin a delimiter
    std::size_t scanned_ = 0;  // no delimiter ends before this offset
    std::size_t limit_;
    std::size_t max_frame_bytes_;
    DiscardBudget budget_;
};

}  // namespace telex::codec

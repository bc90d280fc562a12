#pragma once
// Length-prefixed frames.
//
//        ┌───────────── frame, skipped empty frame ─────────────┐
//        ▼                                                      │
//      head ──length within the limit──▶ (wait for the whole frame)
//        │
//        └──over the limit, discard──▶ discard ──▶ trailer ──▶ head
//
// The order that matters: the field is read completely, the adjustment applied, the limit compared,
// and only then does anybody wait (or allocate) for the body. With `trim` a body may be longer than
// the limit by one ending; whether it has one is seen when it is there.
#include "codec/decoder.hpp"
#include "codec/discard.hpp"
#include "codec/framing.hpp"
#include "codec/length_head.hpp"
#include "codec/length_layout.hpp"
#include "codec/trim.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::codec {

// HeadReader is one of length_head.hpp.
template <class HeadReader>
class LengthDecoder final : public Decoder {
public:
    explicit LengthDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

    // Between two frames: nothing of the next one has been skipped.
    bool between_frames() const { return state_ == State::head; }

    // What may still be skipped; shared by copying where decoders take turns.
    DiscardBudget& discard_budget() { return budget_; }

private:
    enum class State : std::uint8_t { head, discard, trailer };

    DecodeStep wait_for(std::size_t bytes);
    DecodeStep incomplete_head(ByteView input, LengthHead::Status status);
    DecodeStep deliver(ByteView input, std::size_t head, std::size_t body);
    DecodeStep deliver_trimmed(ByteView payload, std::size_t total);
    DecodeStep ignore_empty(std::size_t total) const;
    DecodeStep give_up(ByteView input, std::size_t head, std::uint64_t body);
    DecodeStep resume(ByteView input);
    void start_frame();

    HeadReader reader_;
    LengthLayout layout_;
    std::string trailer_;
    Trim trim_;
    EmptyFrames empty_;
    bool keep_head_;
    State state_ = State::head;
    std::size_t wanted_;   // nothing can happen with less input
    std::uint64_t limit_;  // of head and body together when the head is kept, else of the body
    std::uint64_t discard_left_ = 0;
    DiscardBudget budget_;
    std::size_t max_frame_bytes_;
};

extern template class LengthDecoder<BinaryHeadReader>;
extern template class LengthDecoder<Leb128HeadReader>;
extern template class LengthDecoder<DecimalHeadReader>;

}  // namespace telex::codec

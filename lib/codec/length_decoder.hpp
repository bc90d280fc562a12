#pragma once
// Length-prefixed frames.
//
//        ┌────────────────────── frame, skipped empty frame ──────────────────────┐
//        ▼                                                                        │
//      start ──literal──▶ head ──length within the limit──▶ (wait for the whole frame)
//                           │
//                           └──over the limit, discard──▶ discard ──▶ trailer ──▶ start
//
// Framings without a literal at the beginning of their frames have no state `start`.
// Order matters: the field is read completely, the adjustment applied, the limit checked, and only
// then does the decoder wait (or allocate) for the body. With `trim` a body may exceed the limit by
// one ending; that is checked when the ending has arrived.
#include "codec/decoder.hpp"
#include "codec/discard.hpp"
#include "codec/framing.hpp"
#include "codec/known_head.hpp"
#include "codec/length_head.hpp"
#include "codec/length_layout.hpp"
#include "codec/scaled_head.hpp"
#include "codec/trim.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace telex::codec {

// HeadReader is one of length_head.hpp, scaled_head.hpp or known_head.hpp.
template <class HeadReader>
class LengthDecoder final : public Decoder {
public:
    explicit LengthDecoder(const Framing& framing);

    DecodeStep decode(ByteView input) override;
    std::size_t look_ahead(ByteView input, std::span<FrameAhead> frames) override;
    DecodeStep finish(ByteView rest) override;
    void limit_payload(std::size_t max_bytes) override;

    bool is_fresh() const override {
        return state_ == first_state_ && wanted_ == first_wanted_ && budget_.is_full() &&
               !requires { HeadReader::kOnce; };
    }

    // Returns true between two frames, when nothing of the next one was skipped.
    bool between_frames() const { return state_ == State::start || state_ == State::head; }

    HeadReader& reader() { return reader_; }

    // Remaining discard budget; copied between decoders that alternate.
    DiscardBudget& discard_budget() { return budget_; }

private:
    enum class State : std::uint8_t { start, head, discard, trailer };

    // A frame is its head and its body, of which the body is delivered.
    bool is_plain() const {
        return literal_.empty() && trailer_.empty() && trim_.empty() && !keep_head_ &&
               !requires { HeadReader::kPads; } && !requires { HeadReader::kOnce; };
    }

    // Number of bytes between the body and the trailer.
    std::size_t padding_of(ByteView input, std::uint64_t body) const {
        if constexpr (requires { HeadReader::kPads; }) {
            return reader_.padding(input, body);
        }
        return 0;
    }

    DecodeStep wait_for(std::size_t bytes);
    [[gnu::always_inline]] DecodeStep decode_head(ByteView input);
    [[gnu::noinline]] DecodeStep decode_elsewhere(ByteView input);
    [[gnu::noinline]] DecodeStep incomplete_head(ByteView input, LengthHead::Status status);
    // `end`: where the trailer begins.
    [[gnu::always_inline]] DecodeStep deliver(
        ByteView input, std::size_t head, std::size_t body, std::size_t end
    );
    [[gnu::noinline]] DecodeStep deliver_trimmed(ByteView payload, std::size_t total);
    [[gnu::noinline]] DecodeStep ignore_empty(std::size_t total) const;
    [[gnu::noinline]] DecodeStep give_up(ByteView input, std::size_t head, std::uint64_t body);
    std::optional<DecodeStep> check_start(ByteView input);
    DecodeStep resume(ByteView input);
    void start_frame();

    HeadReader reader_;
    LengthLayout layout_;
    std::string literal_;
    std::string trailer_;
    Trim trim_;
    EmptyFrames empty_;
    bool keep_head_;
    State first_state_;
    std::size_t first_wanted_;
    State state_;
    std::size_t wanted_;   // size of the input below which no step is possible
    std::uint64_t limit_;  // of head and body together if the head is kept, else of the body
    std::uint64_t discard_left_ = 0;
    DiscardBudget budget_;
    std::size_t max_frame_bytes_;
};

extern template class LengthDecoder<BinaryHeadReader>;
extern template class LengthDecoder<ScaledHeadReader>;
extern template class LengthDecoder<Leb128HeadReader>;
extern template class LengthDecoder<DigitsHeadReader>;
extern template class LengthDecoder<BcdHeadReader>;
extern template class LengthDecoder<BerHeadReader>;
extern template class LengthDecoder<KnownHead>;

}  // namespace telex::codec

#pragma once
// Turns the bytes of one stream into frames.
//
//   begin_turn -> ( room -> [read] -> received -> next*, until it returns need_more )*
//                                               \-> pause ... resume -> next*
//
// Budget: a turn reads a bounded number of bytes, so that other connections have their turns. If
// its frames take longer than that, the caller pauses within a read: the rest is kept, and comes
// before the next read. The size of one read adapts to that and to the number of frames that it
// brings.
//
// Owner and thread: the connection's. No I/O; time is passed in.
#include "base/chunk.hpp"
#include "base/time.hpp"
#include "codec/decoder.hpp"
#include "codec/detect_protocol.hpp"
#include "server/stream/reactor_buffers.hpp"
#include "server/stream/read_state.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace telex::server {

class FrameReader {
public:
    static constexpr std::uint32_t kTurnBytes = ReactorBuffers::kReadChunkBytes;
    // A read that brings more frames is larger than necessary.
    static constexpr std::uint64_t kReadFrames = 2'048;
    static constexpr std::uint32_t kMinRead = 4U << 10U;

    struct Options {
        // Each read gives one packet, which is one frame.
        bool packets = false;
        // The first bytes of another protocol end the input.
        bool detect_protocols = true;
        // Not detected, neither by the first bytes nor after an error.
        codec::OtherProtocols ignored_protocols{};
    };

    struct [[nodiscard]] Step {
        enum class Kind : std::uint8_t {
            need_more,       // all frames were returned; the rest is kept
            frame,           // `payload`
            lost,            // a frame that is too long was skipped
            other_protocol,  // detected() names it
            error,           // the stream has no further frames; detected() may say why
        };
        Kind kind = Kind::need_more;
        codec::FrameError error{};
        ByteView payload;  // valid until the next call
        // Keeps the payload alive beyond the next call; null if nothing does.
        const ChunkRef* owner = nullptr;
    };

    // `decoder`: may be null until borrow_decoder().
    FrameReader(ReactorBuffers& buffers, std::unique_ptr<codec::Decoder> decoder, Options options);
    ~FrameReader();

    ReactorBuffers& buffers() const { return buffers_; }

    // Without a decoder nothing can be read.
    bool has_decoder() const { return state_ && state_->decoder; }

    void borrow_decoder(std::unique_ptr<codec::Decoder> decoder);
    // Gives the decoder away if its state does not matter; otherwise returns null.
    [[nodiscard]] std::unique_ptr<codec::Decoder> release_decoder();

    void begin_turn();
    // Returns the space for the next read, at most `most` bytes. Empty if the budget of this turn
    // is spent; never empty for the first read of a turn.
    std::span<char> room(std::size_t most = SIZE_MAX);
    // `size` bytes were read into room().
    void received(std::size_t size, TimePoint now);
    // The kernel cut a packet that was larger than room().
    void packet_cut();

    // Call until it returns need_more, other_protocol or error, or pause() instead.
    // Inline: this is the path of each frame.
    Step next() {
        if (state_->decoding && !detecting_) [[likely]] {
            const codec::DecodeStep decoded = state_->decoder->decode(state_->unread);
            if (decoded.kind == codec::DecodeStep::Kind::frame) [[likely]] {
                return take_frame(decoded);
            }
            return next_after(decoded);
        }
        return next_of_read();
    }

    // After next() has returned a frame: whole frames behind it, at most `most`. Valid until the
    // next call. They have no owner but owner_ahead().
    std::span<const codec::FrameAhead> look_ahead(std::size_t most) {
        if (!state_->decoding) {
            return {};
        }
        const std::span<codec::FrameAhead> frames = buffers_.frames_ahead();
        return frames.first(
            state_->decoder->look_ahead(state_->unread, frames.first(std::min(most, frames.size())))
        );
    }

    const ChunkRef* owner_ahead() const { return &state_->input.owner(); }

    // Takes the first of those, as if next() had returned each. At least one.
    void take(std::span<const codec::FrameAhead> frames) {
        frames_ += frames.size();
        state_->unread.remove_prefix(frames.back().end);
        state_->decoding = !state_->unread.empty();
    }

    // Keeps what next() has not returned.
    void pause();
    // Returns true if something was kept: next() returns it.
    [[nodiscard]] bool resume(TimePoint now);

    // Between pause() and resume(): something was kept.
    bool is_paused() const { return paused_; }

    // At the end of the stream: the last frame, an error, or need_more. clear() follows.
    Step finish();

    // The sender has paused, and all that it has sent was returned by next(), or is kept: the frame
    // that ends with this, or need_more. clear() follows.
    Step end_by_pause();

    // Drops what was not returned.
    void clear() {
        if (state_) {
            state_->input.keep({}, 0);
        }
    }

    // The protocol that the peer seems to speak, after other_protocol and error.
    std::optional<codec::OtherProtocol> detected() const { return detected_; }

    // Maximum size of the next frames, if less than the framing's. Call between frames.
    void limit_payload(std::size_t max_bytes);

    // --- a frame that has begun ---------------------------------------------------------------
    // When its first byte arrived, or nothing.
    std::optional<TimePoint> partial_since() const {
        return partial_since_ == TimePoint{} ? std::nullopt : std::optional(partial_since_);
    }

    std::size_t partial_bytes() const { return state_ ? state_->input.kept() : 0; }

    // The time until `now` does not count: nothing was read.
    void restart_partial(TimePoint now) { partial_since_ = now; }

    // --- figures ------------------------------------------------------------------------------
    std::uint64_t frames() const { return frames_; }

    std::uint64_t bytes() const { return bytes_; }

    // Since received().
    std::uint64_t frames_of_read() const {
        return static_cast<std::uint32_t>(frames_) - state_->frames_before_read;
    }

    // The last read filled its room: there may be more.
    bool filled() const { return state_->filled; }

    // Memory held between reads.
    std::size_t memory() const { return state_ ? state_->input.memory() : 0; }

    // Releases what is not needed between turns.
    void shrink();

private:
    static constexpr std::uint32_t kNoLimit = UINT32_MAX;

    Step error_step(codec::FrameError error, ByteView bytes);
    Step take_frame(const codec::DecodeStep& decoded);
    Step next_after(codec::DecodeStep decoded);
    Step next_of_read();
    void keep_rest(ByteView rest, std::size_t need);
    void adapt_read_size();

    ReactorBuffers& buffers_;
    std::unique_ptr<ReadState> state_;  // null: nothing is read, and no frame has begun
    TimePoint partial_since_{};         // zero: not within a frame
    std::uint64_t frames_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint32_t payload_limit_ = kNoLimit;
    std::uint32_t read_limit_ = kTurnBytes;
    const codec::OtherProtocols ignored_protocols_;
    const bool packets_;
    bool detecting_;
    bool paused_ = false;    // unread bytes are kept for resume()
    bool finished_ = false;  // the decoder has seen the end
    std::optional<codec::OtherProtocol> detected_;
};

inline FrameReader::Step FrameReader::take_frame(const codec::DecodeStep& decoded) {
    ++frames_;
    partial_since_ = {};
    ReadState& state = *state_;
    // Unstuffed frames lie in the decoder.
    const bool shared = decoded.payload.data() >= state.unread.data() &&
                        decoded.payload.data() < state.unread.data() + state.unread.size();
    state.unread.remove_prefix(decoded.consumed);
    state.decoding = !state.unread.empty();
    return {
        .kind = Step::Kind::frame,
        .payload = decoded.payload,
        .owner = shared ? &state.input.owner() : nullptr
    };
}

}  // namespace telex::server

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
#include "server/stream/input_buffer.hpp"
#include "server/stream/reactor_buffers.hpp"

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

    ReactorBuffers& buffers() const { return input_.buffers(); }

    // Without a decoder nothing can be read.
    bool has_decoder() const { return decoder_ != nullptr; }

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
        if (decoding_ && !detecting_) [[likely]] {
            const codec::DecodeStep decoded = decoder_->decode(unread_);
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
        if (!decoding_) {
            return {};
        }
        const std::span<codec::FrameAhead> frames = input_.buffers().frames_ahead();
        return frames.first(
            decoder_->look_ahead(unread_, frames.first(std::min(most, frames.size())))
        );
    }

    const ChunkRef* owner_ahead() const { return &input_.owner(); }

    // Takes the first of those, as if next() had returned each. At least one.
    void take(std::span<const codec::FrameAhead> frames) {
        frames_ += frames.size();
        unread_.remove_prefix(frames.back().end);
        decoding_ = !unread_.empty();
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
    void clear() { input_.keep({}, 0); }

    // The protocol that the peer seems to speak, after other_protocol and error.
    std::optional<codec::OtherProtocol> detected() const { return detected_; }

    // Maximum size of the next frames, if less than the framing's. Call between frames.
    void limit_payload(std::size_t max_bytes);

    // --- a frame that has begun ---------------------------------------------------------------
    // When its first byte arrived, or nothing.
    std::optional<TimePoint> partial_since() const {
        return partial_since_ == TimePoint{} ? std::nullopt : std::optional(partial_since_);
    }

    std::size_t partial_bytes() const { return input_.kept(); }

    // The time until `now` does not count: nothing was read.
    void restart_partial(TimePoint now) { partial_since_ = now; }

    // --- figures ------------------------------------------------------------------------------
    std::uint64_t frames() const { return frames_; }

    std::uint64_t bytes() const { return bytes_; }

    // Since received().
    std::uint64_t frames_of_read() const {
        return static_cast<std::uint32_t>(frames_) - frames_before_read_;
    }

    // The last read filled its room: there may be more.
    bool filled() const { return filled_; }

    // Memory held between reads.
    std::size_t memory() const { return input_.memory(); }

    // Releases what an empty buffer still holds.
    void shrink() { input_.shrink(); }

private:
    Step error_step(codec::FrameError error, ByteView bytes);
    Step take_frame(const codec::DecodeStep& decoded);
    Step next_after(codec::DecodeStep decoded);
    Step next_of_read();
    void keep_rest(ByteView rest, std::size_t need);
    void adapt_read_size();

    const Options options_;
    std::unique_ptr<codec::Decoder> decoder_;
    std::size_t payload_limit_ = SIZE_MAX;
    InputBuffer input_;
    ByteView unread_;        // of the last read and what was kept before it
    bool decoding_ = false;  // unread_ was not yet offered to the decoder as it is
    bool detecting_;
    bool filled_ = false;
    bool paused_ = false;      // unread_ is in input_
    bool finished_ = false;    // the decoder has seen the end
    std::uint8_t pauses_ = 0;  // within this read; 2 stands for more
    std::optional<codec::OtherProtocol> detected_;
    TimePoint received_at_{};
    TimePoint partial_since_{};  // zero: not within a frame
    std::uint32_t read_limit_ = kTurnBytes;
    std::uint32_t room_ = 0;
    std::uint32_t turn_bytes_ = 0;
    std::uint32_t frames_before_read_ = 0;  // the lower half of frames_
    std::uint64_t frames_ = 0;
    std::uint64_t bytes_ = 0;
};

inline FrameReader::Step FrameReader::take_frame(const codec::DecodeStep& decoded) {
    ++frames_;
    partial_since_ = {};
    // Unstuffed frames lie in the decoder.
    const bool shared = decoded.payload.data() >= unread_.data() &&
                        decoded.payload.data() < unread_.data() + unread_.size();
    unread_.remove_prefix(decoded.consumed);
    decoding_ = !unread_.empty();
    return {
        .kind = Step::Kind::frame,
        .payload = decoded.payload,
        .owner = shared ? &input_.owner() : nullptr
    };
}

}  // namespace telex::server

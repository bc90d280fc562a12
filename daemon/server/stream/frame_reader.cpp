#include "server/stream/frame_reader.hpp"

#include <algorithm>
#include <utility>

namespace telex::server {

FrameReader::FrameReader(
    ReactorBuffers& buffers, std::unique_ptr<codec::Decoder> decoder, Options options
)
    : buffers_(buffers),
      ignored_protocols_(options.ignored_protocols),
      packets_(options.packets),
      detecting_(options.detect_protocols) {
    if (decoder) {
        borrow_decoder(std::move(decoder));
    }
}

FrameReader::~FrameReader() = default;

void FrameReader::borrow_decoder(std::unique_ptr<codec::Decoder> decoder) {
    if (!state_) {
        state_ = buffers_.take_reading();
    }
    state_->decoder = std::move(decoder);
    if (payload_limit_ != kNoLimit) {
        state_->decoder->limit_payload(payload_limit_);
    }
}

std::unique_ptr<codec::Decoder> FrameReader::release_decoder() {
    const bool is_needed = payload_limit_ != kNoLimit || !has_decoder() || state_->decoding ||
                           paused_ || finished_ || state_->input.kept() != 0 ||
                           !state_->decoder->is_fresh();
    if (is_needed) {
        return nullptr;
    }
    std::unique_ptr<codec::Decoder> decoder = std::move(state_->decoder);
    if (!state_->input.is_allocated()) {
        buffers_.give_reading(std::move(state_));
    }
    return decoder;
}

void FrameReader::shrink() {
    if (!state_) {
        return;
    }
    state_->input.shrink();
    if (!state_->decoder && !state_->input.is_allocated()) {
        buffers_.give_reading(std::move(state_));
    }
}

void FrameReader::limit_payload(std::size_t max_bytes) {
    payload_limit_ = static_cast<std::uint32_t>(std::min<std::size_t>(max_bytes, kNoLimit));
    if (has_decoder()) {
        state_->decoder->limit_payload(max_bytes);
    }
}

void FrameReader::begin_turn() {
    state_->turn_bytes = 0;
}

std::span<char> FrameReader::room(std::size_t most) {
    std::span<char> room = state_->input.prepare();
    if (!packets_) {  // a packet that does not fit would be cut
        room = room.first(std::min({room.size(), std::size_t{read_limit_}, most}));
    }
    if (state_->turn_bytes > 0 && state_->turn_bytes + room.size() > kTurnBytes) {
        return {};
    }
    state_->room = static_cast<std::uint32_t>(room.size());
    return room;
}

void FrameReader::received(std::size_t size, TimePoint now) {
    state_->unread = state_->input.received(size);
    state_->decoding = !state_->unread.empty();
    state_->received_at = now;
    state_->turn_bytes += static_cast<std::uint32_t>(size);
    bytes_ += size;
    state_->filled = size == state_->room;
    state_->frames_before_read = static_cast<std::uint32_t>(frames_);
    state_->pauses = 0;
}

void FrameReader::pause() {
    if (!state_->decoding) {
        state_->decoder->release();
        state_->input.keep({}, 0);
        adapt_read_size();
        return;
    }
    state_->decoding = false;
    paused_ = true;
    state_->pauses = state_->pauses == 0 ? 1 : 2;
    state_->input.keep(state_->unread, 0);
}

bool FrameReader::resume(TimePoint now) {
    if (!paused_) {
        return false;
    }
    paused_ = false;
    // For a partial frame at the end: the peer is not blamed for the pause.
    state_->received_at = now;
    state_->input.prepare();
    state_->unread = state_->input.received(0);
    state_->decoding = true;
    return true;
}

void FrameReader::packet_cut() {
    state_->turn_bytes += state_->room;  // one in a turn
}

// At the beginning and at the end of what was read.
FrameReader::Step FrameReader::next_of_read() {
    if (std::exchange(detecting_, false)) {
        detected_ = codec::detect_protocol(state_->unread, ignored_protocols_);
        if (detected_) {
            return {.kind = Step::Kind::other_protocol};
        }
    }
    if (state_->decoding) {
        return next_after(state_->decoder->decode(state_->unread));
    }
    state_->decoder->release();
    state_->input.keep({}, 0);
    adapt_read_size();
    return {};
}

// Passes over what is skipped.
FrameReader::Step FrameReader::next_after(codec::DecodeStep decoded) {
    while (decoded.kind == codec::DecodeStep::Kind::skip) {
        partial_since_ = {};
        state_->unread.remove_prefix(decoded.consumed);
        state_->decoding = !state_->unread.empty();
        if (decoded.lost) {
            return {.kind = Step::Kind::lost};
        }
        if (!state_->decoding) {
            return next_of_read();
        }
        decoded = state_->decoder->decode(state_->unread);
    }
    if (decoded.kind == codec::DecodeStep::Kind::frame) {
        return take_frame(decoded);
    }
    if (decoded.kind == codec::DecodeStep::Kind::error) {
        return error_step(decoded.error, state_->unread);
    }
    keep_rest(state_->unread.substr(decoded.consumed), decoded.need);
    return {};
}

FrameReader::Step FrameReader::error_step(codec::FrameError error, ByteView bytes) {
    detected_ = codec::detect_protocol(bytes, ignored_protocols_);
    return {.kind = Step::Kind::error, .error = error};
}

void FrameReader::keep_rest(ByteView rest, std::size_t need) {
    state_->decoding = false;
    state_->input.keep(rest, need);
    if (partial_since_ == TimePoint{} && !rest.empty()) {
        partial_since_ = state_->received_at;
    }
    adapt_read_size();
}

void FrameReader::adapt_read_size() {
    const std::uint64_t frames = frames_of_read();
    // A slice may well end within a read; a whole slice within a read is a waste of memory.
    if (state_->pauses > 1 || frames > kReadFrames) {
        read_limit_ = std::max(read_limit_ / 2, kMinRead);
    } else if (state_->filled && frames < kReadFrames / 4) {
        read_limit_ = std::min(read_limit_ * 2, kTurnBytes);
    }
}

FrameReader::Step FrameReader::end_by_pause() {
    const codec::DecodeStep ended = state_->decoder->end_by_pause(state_->input.rest());
    if (ended.kind != codec::DecodeStep::Kind::frame) {
        return {};
    }
    ++frames_;
    partial_since_ = {};
    return {.kind = Step::Kind::frame, .payload = ended.payload};
}

FrameReader::Step FrameReader::finish() {
    finished_ = true;
    const codec::DecodeStep last = state_->decoder->finish(state_->input.rest());
    switch (last.kind) {
        case codec::DecodeStep::Kind::frame:
            ++frames_;
            return {.kind = Step::Kind::frame, .payload = last.payload};
        case codec::DecodeStep::Kind::error:
            return error_step(last.error, state_->input.rest());
        default:
            return {};
    }
}

}  // namespace telex::server

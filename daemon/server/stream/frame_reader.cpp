#include "server/stream/frame_reader.hpp"

#include <algorithm>
#include <utility>

namespace telex::server {

FrameReader::FrameReader(
    ReactorBuffers& buffers, std::unique_ptr<codec::Decoder> decoder, Options options
)
    : options_(options),
      decoder_(std::move(decoder)),
      input_(buffers),
      detecting_(options.detect_protocols) {}

void FrameReader::borrow_decoder(std::unique_ptr<codec::Decoder> decoder) {
    decoder_ = std::move(decoder);
    if (payload_limit_ != SIZE_MAX) {
        decoder_->limit_payload(payload_limit_);
    }
}

std::unique_ptr<codec::Decoder> FrameReader::release_decoder() {
    const bool is_needed = payload_limit_ != SIZE_MAX || decoding_ || paused_ || finished_ ||
                           input_.kept() != 0 || !decoder_ || !decoder_->is_fresh();
    return is_needed ? nullptr : std::move(decoder_);
}

void FrameReader::limit_payload(std::size_t max_bytes) {
    payload_limit_ = max_bytes;
    if (decoder_) {
        decoder_->limit_payload(max_bytes);
    }
}

void FrameReader::begin_turn() {
    turn_bytes_ = 0;
}

std::span<char> FrameReader::room(std::size_t most) {
    std::span<char> room = input_.prepare();
    if (!options_.packets) {  // a packet that does not fit would be cut
        room = room.first(std::min({room.size(), std::size_t{read_limit_}, most}));
    }
    if (turn_bytes_ > 0 && turn_bytes_ + room.size() > kTurnBytes) {
        return {};
    }
    room_ = static_cast<std::uint32_t>(room.size());
    return room;
}

void FrameReader::received(std::size_t size, TimePoint now) {
    unread_ = input_.received(size);
    decoding_ = !unread_.empty();
    received_at_ = now;
    turn_bytes_ += static_cast<std::uint32_t>(size);
    bytes_ += size;
    filled_ = size == room_;
    frames_before_read_ = static_cast<std::uint32_t>(frames_);
    pauses_ = 0;
}

void FrameReader::pause() {
    if (!decoding_) {
        decoder_->release();
        input_.keep({}, 0);
        adapt_read_size();
        return;
    }
    decoding_ = false;
    paused_ = true;
    pauses_ = pauses_ == 0 ? 1 : 2;
    input_.keep(unread_, 0);
}

bool FrameReader::resume(TimePoint now) {
    if (!paused_) {
        return false;
    }
    paused_ = false;
    received_at_ = now;  // for a partial frame at the end: the peer is not blamed for the pause
    input_.prepare();
    unread_ = input_.received(0);
    decoding_ = true;
    return true;
}

void FrameReader::packet_cut() {
    turn_bytes_ += room_;  // one in a turn
}

// At the beginning and at the end of what was read.
FrameReader::Step FrameReader::next_of_read() {
    if (std::exchange(detecting_, false)) {
        detected_ = codec::detect_protocol(unread_, options_.ignored_protocols);
        if (detected_) {
            return {.kind = Step::Kind::other_protocol};
        }
    }
    if (decoding_) {
        return next_after(decoder_->decode(unread_));
    }
    decoder_->release();
    input_.keep({}, 0);
    adapt_read_size();
    return {};
}

// Passes over what is skipped.
FrameReader::Step FrameReader::next_after(codec::DecodeStep decoded) {
    while (decoded.kind == codec::DecodeStep::Kind::skip) {
        partial_since_ = {};
        unread_.remove_prefix(decoded.consumed);
        decoding_ = !unread_.empty();
        if (decoded.lost) {
            return {.kind = Step::Kind::lost};
        }
        if (!decoding_) {
            return next_of_read();
        }
        decoded = decoder_->decode(unread_);
    }
    if (decoded.kind == codec::DecodeStep::Kind::frame) {
        return take_frame(decoded);
    }
    if (decoded.kind == codec::DecodeStep::Kind::error) {
        return error_step(decoded.error, unread_);
    }
    keep_rest(unread_.substr(decoded.consumed), decoded.need);
    return {};
}

FrameReader::Step FrameReader::error_step(codec::FrameError error, ByteView bytes) {
    detected_ = codec::detect_protocol(bytes, options_.ignored_protocols);
    return {.kind = Step::Kind::error, .error = error};
}

void FrameReader::keep_rest(ByteView rest, std::size_t need) {
    decoding_ = false;
    input_.keep(rest, need);
    if (partial_since_ == TimePoint{} && !rest.empty()) {
        partial_since_ = received_at_;
    }
    adapt_read_size();
}

void FrameReader::adapt_read_size() {
    const std::uint64_t frames = frames_of_read();
    // A slice may well end within a read; a whole slice within a read is a waste of memory.
    if (pauses_ > 1 || frames > kReadFrames) {
        read_limit_ = std::max(read_limit_ / 2, kMinRead);
    } else if (filled_ && frames < kReadFrames / 4) {
        read_limit_ = std::min(read_limit_ * 2, kTurnBytes);
    }
}

FrameReader::Step FrameReader::end_by_pause() {
    const codec::DecodeStep ended = decoder_->end_by_pause(input_.rest());
    if (ended.kind != codec::DecodeStep::Kind::frame) {
        return {};
    }
    ++frames_;
    partial_since_ = {};
    return {.kind = Step::Kind::frame, .payload = ended.payload};
}

FrameReader::Step FrameReader::finish() {
    finished_ = true;
    const codec::DecodeStep last = decoder_->finish(input_.rest());
    switch (last.kind) {
        case codec::DecodeStep::Kind::frame:
            ++frames_;
            return {.kind = Step::Kind::frame, .payload = last.payload};
        case codec::DecodeStep::Kind::error:
            return error_step(last.error, input_.rest());
        default:
            return {};
    }
}

}  // namespace telex::server

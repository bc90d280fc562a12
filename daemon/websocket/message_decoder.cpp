#include "websocket/message_decoder.hpp"

#include "websocket/wire.hpp"

#include <algorithm>

namespace telex::websocket {

namespace {

// A larger buffer is released after its message.
constexpr std::size_t kMaxKeptBytes = std::size_t{4} << 10U;

std::size_t head_at(ByteView frame) {
    return head_bytes(static_cast<std::uint8_t>(frame[1]));
}

bool is_final(ByteView frame) {
    return (static_cast<std::uint8_t>(frame[0]) & kFinalBit) != 0;
}

}  // namespace

MessageDecoder::MessageDecoder(const codec::Framing& framing)
    : content_(framing),
      empty_(framing.empty),
      extra_(codec::largest_packet(framing) - framing.max_frame_bytes),
      max_message_(framing.max_frame_bytes),
      limit_(max_message_ + extra_) {}

void MessageDecoder::limit_payload(std::size_t max_bytes) {
    content_.limit_payload(max_bytes);
    limit_ = std::min(max_bytes, max_message_) + extra_;
}

codec::DecodeStep MessageDecoder::decode(ByteView input) {
    for (;;) {
        const ByteView frame = input.substr(end_);
        if (frame.size() < kShortHead) {
            return codec::DecodeStep::make_need_more(end_ + kShortHead);
        }
        const std::size_t head = head_at(frame);
        if (frame.size() < head) {
            return codec::DecodeStep::make_need_more(end_ + head);
        }
        examined_heads_ += head;
        examined_ = examined_heads_;
        const std::uint64_t size = length_in(frame);
        if (size > limit_ - std::min(limit_, payload_)) {
            return codec::DecodeStep::make_error(codec::FrameError::too_large);
        }
        const std::size_t whole = head + static_cast<std::size_t>(size);
        if (frame.size() < whole) {
            return codec::DecodeStep::make_need_more(end_ + whole);
        }
        end_ += whole;
        payload_ += static_cast<std::size_t>(size);
        ++fragments_;
        if (is_final(frame)) {
            return end_message(input);
        }
    }
}

codec::DecodeStep MessageDecoder::end_message(ByteView input) {
    const ByteView message =
        fragments_ == 1 ? input.substr(end_ - payload_, payload_) : join(input);
    codec::DecodeStep step;
    if (!message.empty()) {
        step = content_.decode(message);
    } else if (empty_ == codec::EmptyFrames::deliver) {
        step = codec::DecodeStep::make_frame(0, message);
    } else {
        step = empty_ == codec::EmptyFrames::ignore
                   ? codec::DecodeStep::make_skip(0, false)
                   : codec::DecodeStep::make_error(codec::FrameError::empty_frame);
    }
    if (step.kind != codec::DecodeStep::Kind::error) {
        step.consumed = end_;
    }
    end_ = 0;
    payload_ = 0;
    fragments_ = 0;
    examined_ = examined_heads_ + content_.examined();
    return step;
}

// The fragments are whole.
ByteView MessageDecoder::join(ByteView input) {
    joined_.clear();
    joined_.reserve(payload_);
    for (std::size_t at = 0; at < end_;) {
        const ByteView frame = input.substr(at);
        const std::size_t head = head_at(frame);
        const auto size = static_cast<std::size_t>(length_in(frame));
        joined_.append(frame.substr(head, size));
        at += head + size;
    }
    examined_heads_ += end_;
    return joined_;
}

codec::DecodeStep MessageDecoder::finish(ByteView rest) {
    return rest.empty() ? codec::DecodeStep::make_need_more(0)
                        : codec::DecodeStep::make_error(codec::FrameError::truncated);
}

void MessageDecoder::release() {
    if (joined_.capacity() > kMaxKeptBytes) {
        std::string().swap(joined_);
    }
}

}  // namespace telex::websocket

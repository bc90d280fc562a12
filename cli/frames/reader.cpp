#include "cli/frames/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

}  // namespace

FrameReader::FrameReader(const codec::Framing& framing, InputSource source)
    : own_protocols_(codec::protocols_of(framing)),
      decoder_(codec::make_decoder(framing)),
      source_(std::move(source)) {}

FrameEvent FrameReader::next() {
    for (;;) {
        if (at_end_) {
            // Once: the decoder decides what the end of the stream means for the rest.
            return std::exchange(finished_, true) ? FrameEvent{.offset = offset_}
                                                  : take(decoder_->finish(unread()));
        }
        if (unread().size() >= need_) {
            const codec::DecodeStep step = decoder_->decode(unread());
            if (step.kind != codec::DecodeStep::Kind::need_more) {
                return take(step);
            }
            need_ = step.need;
        }
        InputChunk chunk = read_more();
        if (chunk.end == InputEnd::interrupted) {
            return {.kind = FrameEvent::Kind::interrupted, .offset = offset_};
        }
        if (chunk.end == InputEnd::failed) {
            return {
                .kind = FrameEvent::Kind::failed, .offset = offset_, .text = std::move(chunk.error)
            };
        }
        at_end_ = chunk.end == InputEnd::end;
    }
}

FrameEvent FrameReader::take(const codec::DecodeStep& step) {
    using Kind = codec::DecodeStep::Kind;
    FrameEvent event{.offset = offset_, .at_end = at_end_};
    event.bytes = step.kind == Kind::error ? unread() : unread().substr(0, step.consumed);
    event.lost = step.lost;
    switch (step.kind) {
        case Kind::need_more:
            event.kind = FrameEvent::Kind::end;
            break;
        case Kind::frame:
            event.kind = FrameEvent::Kind::frame;
            event.payload = step.payload;
            break;
        case Kind::skip:
            event.kind = FrameEvent::Kind::skipped;
            break;
        case Kind::error:
            event.kind = FrameEvent::Kind::bad;
            event.error = step.error;
            if (const auto other = codec::detect_protocol(unread().substr(0, 16), own_protocols_)) {
                event.text = codec::name_of(*other);
            }
            break;
    }
    begin_ += step.consumed;
    offset_ += step.consumed;
    need_ = 1;
    return event;
}

InputChunk FrameReader::read_more() {
    const std::size_t kept = end_ - begin_;
    const std::size_t wanted = std::max(need_, kept + kReadBytes);
    if (begin_ != 0) {
        buffer_.erase(0, begin_);
        begin_ = 0;
        end_ = kept;
    }
    if (buffer_.size() < wanted) {
        buffer_.resize(wanted);
    }
    InputChunk chunk = source_(buffer_.data() + end_, buffer_.size() - end_);
    end_ += chunk.size;
    return chunk;
}

codec::Framing line_framing(std::size_t max_bytes) {
    codec::Framing framing;
    framing.kind = codec::FramingKind::delimiter;
    framing.delimiter.optional_cr = true;
    framing.delimiter.at_eof = codec::AtEof::emit;
    framing.max_frame_bytes = max_bytes;
    return framing;
}

}  // namespace telex::cli

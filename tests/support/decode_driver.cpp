#include "support/decode_driver.hpp"

#include "codec/decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>

namespace telex::test {

namespace {

using codec::DecodeStep;
using Kind = codec::DecodeStep::Kind;

// It is not limited, but by its field.
std::size_t longest_padding(const codec::Framing& framing) {
    return (std::size_t{1} << 8U * framing.length.padding_width) - 1;
}

// Heads of the parts of a frame.
std::size_t heads_of_parts(const codec::Framing& framing) {
    const codec::LengthOptions& length = framing.length;
    return length.continuation == codec::Continuation::none
               ? 0
               : length.parts * (length.at + length.width + length.head_size);
}

class Driver {
public:
    Driver(const codec::Framing& framing, ByteView stream)
        : stream_(stream),
          max_need_(
              2 * framing.max_frame_bytes + 64 + framing.fixed_bytes + framing.headers.head_limit +
              longest_padding(framing) + heads_of_parts(framing)
          ),
          decoder_(codec::make_decoder(framing)) {}

    DriveResult run(const NextPiece& next_piece) {
        while (!over_ && arrived_ < stream_.size()) {
            arrived_ += std::min(next_piece(), stream_.size() - arrived_);
            drain();
        }
        if (!over_) {
            apply(decoder_->finish(buffered()), buffered(), true);
        }
        result_.buffered = stream_.size() - consumed_;
        result_.examined = decoder_->examined();
        if (result_.in_frames + result_.skipped + result_.buffered != stream_.size()) {
            violate("bytes are unaccounted for");
        }
        return std::move(result_);
    }

private:
    ByteView buffered() const { return stream_.substr(consumed_, arrived_ - consumed_); }

    void violate(std::string_view what) {
        if (!result_.violation) {
            result_.violation = fmt::format("{} at byte {} of {}", what, consumed_, arrived_);
        }
        over_ = true;
    }

    void drain() {
        bool more = true;
        while (more && !over_) {
            const ByteView bytes = buffered();
            copy_.reset(new char[bytes.size()]);
            std::copy(bytes.begin(), bytes.end(), copy_.get());
            const ByteView input(copy_.get(), bytes.size());
            const DecodeStep step = decoder_->decode(input);
            more = apply(step, input, false);
            if (more && step.kind == Kind::frame) {
                take_ahead();
            }
        }
    }

    // Takes all frames that the decoder finds ahead, or half of them, or none, in turn.
    void take_ahead() {
        const ByteView bytes = buffered();
        copy_.reset(new char[bytes.size()]);
        std::copy(bytes.begin(), bytes.end(), copy_.get());
        std::array<codec::FrameAhead, 5> frames;
        const std::size_t found = decoder_->look_ahead({copy_.get(), bytes.size()}, frames);
        if (found > frames.size()) {
            violate("found more frames than there are places");
            return;
        }
        const std::size_t taken = found * (looks_++ % 3) / 2;
        std::size_t end = 0;
        for (const codec::FrameAhead& frame : std::span(frames).first(taken)) {
            result_.outcome.frames.emplace_back(frame.payload);
            if (frame.end <= end || frame.end > bytes.size()) {
                violate("a frame ahead without progress, or beyond the input");
                return;
            }
            end = frame.end;
        }
        result_.in_frames += end;
        consumed_ += end;
        result_.ahead += taken;
    }

    // Returns true if decode() must be called again immediately.
    bool apply(const DecodeStep& step, ByteView input, bool at_end) {
        if (step.consumed > input.size()) {
            violate("consumed more than there is");
            return false;
        }
        switch (step.kind) {
            case Kind::need_more:
                check_need(step, input, at_end);
                return false;
            case Kind::error:
                result_.outcome.error = step.error;
                over_ = true;
                if (step.consumed != 0) {
                    violate("an error consumed bytes");
                }
                return false;
            case Kind::frame:
                result_.outcome.frames.emplace_back(step.payload);
                result_.in_frames += step.consumed;
                break;
            case Kind::skip:
                result_.outcome.lost += step.lost ? 1 : 0;
                result_.skipped += step.consumed;
                break;
        }
        check_progress(step, input, at_end);
        consumed_ += step.consumed;
        promised_ = 0;
        return true;
    }

    void check_need(const DecodeStep& step, ByteView input, bool at_end) {
        if (step.consumed != 0) {
            violate("need_more consumed bytes");
        }
        if (at_end) {
            if (!input.empty() || step.need != 0) {
                violate("the end of the stream left bytes over");
            }
            return;
        }
        if (step.need <= input.size() || step.need > max_need_) {
            violate("an impossible need");
        }
        promised_ = step.need;
    }

    void check_progress(const DecodeStep& step, ByteView input, bool at_end) {
        if (step.consumed == 0) {
            violate("no progress");
        }
        if (!at_end && input.size() < promised_) {
            violate("a step came before the bytes that were needed");
        }
        if (at_end && step.consumed != input.size()) {
            violate("finish left bytes over");
        }
    }

    ByteView stream_;
    std::size_t max_need_;
    std::unique_ptr<codec::Decoder> decoder_;
    std::unique_ptr<char[]> copy_;
    std::size_t arrived_ = 0;
    std::size_t consumed_ = 0;
    std::size_t promised_ = 0;
    std::size_t looks_ = 0;
    bool over_ = false;
    DriveResult result_;
};

}  // namespace

DriveResult drive(const codec::Framing& framing, ByteView stream, const NextPiece& next_piece) {
    return Driver(framing, stream).run(next_piece);
}

DriveResult drive_pieces(const codec::Framing& framing, ByteView stream, std::size_t piece) {
    return drive(framing, stream, [piece] { return piece; });
}

DriveResult drive_whole(const codec::Framing& framing, ByteView stream) {
    return drive_pieces(framing, stream, std::max<std::size_t>(stream.size(), 1));
}

}  // namespace telex::test

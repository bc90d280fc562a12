#pragma once
// Frames from a source of bytes, one after the other, with the place of each in the stream.
//
//      next ──frame──▶ again    ──skipped──▶ again    ──end / bad / interrupted / failed──▶ stop
#include "base/bytes.hpp"
#include "cli/terminal/input.hpp"
#include "codec/decoder.hpp"
#include "codec/framing.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace telex::cli {

inline constexpr std::string_view kFrameVerb = "frame";

struct FrameEvent {
    enum class Kind : std::uint8_t { frame, skipped, end, bad, interrupted, failed };

    Kind kind = Kind::end;
    std::uint64_t offset = 0;   // where the frame (or the trouble) begins in the stream
    ByteView payload{};         // frame: valid until the next call
    codec::FrameError error{};  // bad
    std::string text;           // failed; bad: what it looks like, if that is known
};

// Memory: twice the framing's largest frame at most. The framing must be valid.
class FrameReader {
public:
    FrameReader(const codec::Framing& framing, InputSource source);

    FrameEvent next();

private:
    FrameEvent take(const codec::DecodeStep& step);
    // Makes room and reads; nothing, or why there is no more.
    InputChunk read_more();

    ByteView unread() const { return ByteView(buffer_).substr(begin_, end_ - begin_); }

    std::unique_ptr<codec::Decoder> decoder_;
    InputSource source_;
    std::string buffer_;
    std::size_t begin_ = 0;  // of what is not consumed, in buffer_
    std::size_t end_ = 0;
    std::uint64_t offset_ = 0;  // of begin_, in the stream
    std::size_t need_ = 1;
    bool at_end_ = false;
    bool finished_ = false;
};

// Text lines of any length up to `max_bytes`, the last one with or without its end.
codec::Framing line_framing(std::size_t max_bytes);

}  // namespace telex::cli

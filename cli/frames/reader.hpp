#pragma once
// Reads frames from a source of bytes, each with its offset in the stream.
//
//      next ──frame──▶ again    ──skipped──▶ again    ──end / bad / interrupted / failed──▶ stop
#include "base/bytes.hpp"
#include "cli/terminal/input.hpp"
#include "codec/decoder.hpp"
#include "codec/detect_protocol.hpp"
#include "codec/framing.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace telex::cli {

inline constexpr std::string_view kFrameCommand = "frame";

struct FrameEvent {
    enum class Kind : std::uint8_t { frame, skipped, end, bad, interrupted, failed };

    Kind kind = Kind::end;
    std::uint64_t offset = 0;  // where the frame or the error begins in the stream
    ByteView payload{};        // frame: valid until the next call
    // frame, skipped: the bytes of the stream; bad: those read from the frame's first byte on.
    // Valid until the next call.
    ByteView bytes{};
    bool lost = false;          // skipped: a frame, and not a filler
    bool at_end = false;        // frame, bad: by the end of the stream
    codec::FrameError error{};  // bad
    std::string text;  // failed: why; bad: the protocol that the bytes look like, if recognised
};

// Uses at most twice the memory of the framing's largest frame. The framing must be valid.
class FrameReader {
public:
    FrameReader(const codec::Framing& framing, InputSource source);

    FrameEvent next();

private:
    FrameEvent take(const codec::DecodeStep& step);
    // Makes room and reads. The chunk is empty at the end, with the reason.
    InputChunk read_more();

    ByteView unread() const { return ByteView(buffer_).substr(begin_, end_ - begin_); }

    codec::OtherProtocols own_protocols_;
    std::unique_ptr<codec::Decoder> decoder_;
    InputSource source_;
    std::string buffer_;
    std::size_t begin_ = 0;  // of the unconsumed bytes, in buffer_
    std::size_t end_ = 0;
    std::uint64_t offset_ = 0;  // of begin_, in the stream
    std::size_t need_ = 1;
    bool at_end_ = false;
    bool finished_ = false;
};

// Text lines of at most `max_bytes`. The last one may lack its line feed.
codec::Framing line_framing(std::size_t max_bytes);

}  // namespace telex::cli

#include "cli/frames/frame_fault.hpp"

#include "cli/frames/continued_parts.hpp"
#include "cli/frames/length_parts.hpp"
#include "cli/frames/stuffed_parts.hpp"
#include "codec/decoder.hpp"
#include "codec/header_block.hpp"
#include "codec/scaled_head.hpp"
#include "codec/stuffing.hpp"
#include "codec/syslog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace telex::cli {
namespace {

using codec::DecodeStep;
using codec::FrameError;
using codec::Framing;
using codec::FramingKind;

bool refuses(const Framing& framing, ByteView bytes) {
    const std::unique_ptr<codec::Decoder> decoder = codec::make_decoder(framing);
    for (;;) {
        const DecodeStep step = decoder->decode(bytes);
        if (step.kind == DecodeStep::Kind::error) {
            return true;
        }
        if (step.kind == DecodeStep::Kind::need_more) {
            return false;
        }
        bytes.remove_prefix(step.consumed);
    }
}

// Offset of the byte with which the decoder refuses the frame. Nothing if it does not: it did not
// begin with this frame.
std::optional<std::size_t> first_refused(const Framing& framing, ByteView bytes) {
    if (!refuses(framing, bytes)) {
        return std::nullopt;
    }
    std::size_t accepted = 0;
    std::size_t refused = bytes.size();
    while (refused - accepted > 1) {
        const std::size_t middle = accepted + (refused - accepted) / 2;
        (refuses(framing, bytes.substr(0, middle)) ? refused : accepted) = middle;
    }
    return refused - 1;
}

// The options of a frame with a length field, and nothing for other frames.
std::optional<codec::LengthOptions> length_options(const Framing& framing, ByteView bytes) {
    if (framing.kind == FramingKind::length) {
        return framing.length;
    }
    if (framing.kind == FramingKind::syslog &&
        codec::syslog_start(bytes) == codec::SyslogStart::count) {
        return codec::syslog_octet_count();
    }
    return std::nullopt;
}

// The first byte from `at` on that differs from the literal.
FrameFault differs(ByteView bytes, std::size_t at, ByteView literal) {
    for (std::size_t i = 0; i < literal.size() && at + i < bytes.size(); ++i) {
        const auto expected = static_cast<unsigned char>(literal[i]);
        const auto found = static_cast<unsigned char>(bytes[at + i]);
        if (expected != found) {
            return {at + i, fmt::format("expected {:02x}, found {:02x}", expected, found)};
        }
    }
    return {at, "differs"};
}

// DLE and the start byte; without one, any byte but DLE and the end byte begins a frame.
FrameFault wrong_dle_start(const Framing& framing, ByteView bytes) {
    if (framing.dle.start.empty() && bytes.starts_with(codec::Dle::kDle)) {
        return {1, "no frame begins with this byte"};
    }
    return differs(bytes, 0, codec::Dle::kDle + framing.dle.start);
}

FrameFault wrong_start(const Framing& framing, ByteView bytes) {
    if (framing.kind == FramingKind::stuffed) {
        return wrong_dle_start(framing, bytes);
    }
    return differs(
        bytes,
        0,
        framing.kind == FramingKind::length ? framing.length.head : framing.delimiter.start
    );
}

FrameFault wrong_trailer(const Framing& framing, ByteView bytes) {
    if (framing.kind == FramingKind::headers) {
        codec::HeaderBlock block(framing.headers);
        std::uint64_t examined = 0;
        static_cast<void>(block.read(bytes, examined));
        return differs(bytes, block.size() + block.body().value_or(0), framing.headers.trailer);
    }
    const ReadLength length = read_length(framing.length, bytes);
    const std::uint64_t body = length.body.value_or(0);
    const std::size_t padding = codec::is_scaled(framing.length)
                                    ? codec::ScaledHeadReader(framing.length).padding(bytes, body)
                                    : 0;
    return differs(bytes, length.head.size + body + padding, framing.length.trailer);
}

bool is_continued(const Framing& framing) {
    return framing.kind == FramingKind::length &&
           framing.length.continuation != codec::Continuation::none;
}

FrameFault too_large(const Framing& framing, ByteView bytes) {
    if (is_continued(framing)) {
        return find_continued_fault(framing, bytes);
    }
    const auto options = length_options(framing, bytes);
    const auto length = options ? read_length(*options, bytes) : ReadLength{};
    if (options && length.body) {
        return {
            options->at,
            fmt::format(
                "announces a body of {} bytes; the limit is {}",
                *length.body,
                framing.max_frame_bytes
            )
        };
    }
    return {
        std::min(bytes.size(), framing.max_frame_bytes),
        fmt::format("no end within the limit of {} bytes", framing.max_frame_bytes)
    };
}

FrameFault wrong_escape(const Framing& framing, ByteView bytes) {
    if (framing.stuffing == codec::Stuffing::dle) {
        const std::size_t second = first_refused(framing, bytes).value_or(1);
        return {second - 1, "neither a doubled DLE nor the end"};
    }
    const char end = end_byte(framing.stuffing);
    const std::size_t begin = std::min(bytes.find_first_not_of(end), bytes.size());
    const ByteView content = bytes.substr(begin, bytes.find(end, begin) - begin);
    const std::size_t at = find_bad_escape(framing.stuffing, content).value_or(0);
    return {
        begin + at,
        framing.stuffing == codec::Stuffing::cobs ? "announces more bytes than the frame has"
                                                  : "not an escape"
    };
}

// Of a frame of headers: the beginning of the line that ends with the refused byte.
FrameFault wrong_line(const Framing& framing, ByteView bytes, std::string reason) {
    const std::size_t refused = first_refused(framing, bytes).value_or(0);
    const std::size_t before = refused == 0 ? ByteView::npos : bytes.substr(0, refused).rfind('\n');
    return {before == ByteView::npos ? 0 : before + 1, std::move(reason)};
}

FrameFault wrong_length(const Framing& framing, ByteView bytes) {
    if (is_continued(framing)) {
        return find_continued_fault(framing, bytes);
    }
    if (framing.kind == FramingKind::headers) {
        return wrong_line(framing, bytes, "not one length of plain digits");
    }
    const auto options = length_options(framing, bytes);
    if (options &&
        read_length(*options, bytes).head.status == codec::LengthHead::Status::complete) {
        return {options->at, "announces less than the least possible"};
    }
    return {first_refused(framing, bytes).value_or(0), "malformed, or longer than necessary"};
}

FrameFault missing(const Framing& framing, ByteView bytes) {
    const DecodeStep step = codec::make_decoder(framing)->decode(bytes);
    const bool known = step.kind == DecodeStep::Kind::need_more && step.need > bytes.size();
    return {
        bytes.size(),
        known ? fmt::format(
                    "the stream ends; at least {} bytes are missing", step.need - bytes.size()
                )
              : "the stream ends"
    };
}

}  // namespace

FrameFault find_fault(const Framing& framing, ByteView bytes, FrameError error) {
    switch (error) {
        case FrameError::too_large:
            return too_large(framing, bytes);
        case FrameError::bad_length:
            return wrong_length(framing, bytes);
        case FrameError::bad_start:
            return wrong_start(framing, bytes);
        case FrameError::bad_header:
            return wrong_line(framing, bytes, "not a header, or an ambiguous one");
        case FrameError::transfer_encoding:
            return wrong_line(framing, bytes, "a body without a length");
        case FrameError::head_too_large:
            return {
                framing.headers.head_limit,
                fmt::format("no blank line within {} bytes", framing.headers.head_limit)
            };
        case FrameError::foreign_page:
            return {0, "a request of a web page that the listener does not permit"};
        case FrameError::bad_value:
            return {first_refused(framing, bytes).value_or(0), "no value goes on with this byte"};
        case FrameError::too_deep:
            return {
                first_refused(framing, bytes).value_or(0),
                fmt::format("a value within {} others", framing.nesting)
            };
        case FrameError::bad_trailer:
            return wrong_trailer(framing, bytes);
        case FrameError::bad_escape:
            return wrong_escape(framing, bytes);
        case FrameError::bad_checksum:
            return {
                first_refused(framing, bytes).value_or(0),
                "the checksum before the end byte is wrong"
            };
        case FrameError::truncated:
            return missing(framing, bytes);
        case FrameError::empty_frame:
            return {0, "the payload is empty"};
        case FrameError::delimiter_in_payload:
        case FrameError::unrepresentable:
        case FrameError::wrong_size:
            break;  // of encoders
    }
    return {};
}

}  // namespace telex::cli

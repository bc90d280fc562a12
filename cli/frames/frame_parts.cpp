#include "cli/frames/frame_parts.hpp"

#include "cli/frames/continued_parts.hpp"
#include "cli/frames/length_parts.hpp"
#include "cli/frames/marked_parts.hpp"
#include "cli/frames/part_list.hpp"
#include "cli/frames/stuffed_parts.hpp"
#include "codec/header_block.hpp"
#include "codec/syslog.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::cli {
namespace {

using codec::Framing;
using codec::FramingKind;

// More header lines are summed up.
constexpr std::size_t kMaxLines = 64;

// Adds the end of a delimited frame: its delimiter, perhaps a CR before it.
void add_delimiter(PartList& parts, const codec::DelimiterOptions& options) {
    const ByteView rest = parts.rest();
    const bool whole = std::ranges::find(options.ends, rest) != options.ends.end();
    if (!whole && options.optional_cr && rest.starts_with('\r')) {
        parts.add(PartKind::ending, 1, "CR, removed");
    }
    parts.add_rest(PartKind::delimiter);
}

// Size of the longest delimiter at the end.
std::size_t delimiter_size(const codec::DelimiterOptions& options, ByteView bytes) {
    std::size_t size = 0;
    for (const std::string& end : options.ends) {
        if (bytes.ends_with(end)) {
            size = std::max(size, end.size());
        }
    }
    return size;
}

ExplainedFrame explain_delimited(
    const codec::DelimiterOptions& options, ByteView bytes, ByteView payload, bool at_end
) {
    PartList parts(bytes);
    parts.add(PartKind::head, options.start.size(), "literal");
    if (at_end) {
        parts.add_rest(PartKind::body);
        return {parts.take(), "the stream ends, without a delimiter"};
    }
    const ByteView delimited = bytes.substr(0, bytes.size() - options.after);
    const std::size_t content =
        options.keep ? delimited.size() - options.start.size() - delimiter_size(options, delimited)
                     : payload.size();
    parts.add(PartKind::body, content);
    if (options.after > 0) {
        parts.add(PartKind::delimiter, delimiter_size(options, delimited));
        parts.add_rest(PartKind::trailer, "behind the delimiter");
    } else {
        add_delimiter(parts, options);
    }
    return {parts.take(), "the delimiter"};
}

std::string line_note(const codec::HeaderOptions& options, ByteView line) {
    const ByteView name = line.substr(0, line.find(':'));
    const bool length =
        name.size() < line.size() &&
        std::ranges::any_of(
            options.lengths,
            [&name](const std::string& known) { return codec::is_same_name(name, known); }
        );
    return length ? "the length" : "";
}

void add_header_lines(PartList& parts, const codec::HeaderOptions& options, std::size_t end) {
    while (parts.position() < end && parts.count() < kMaxLines) {
        const ByteView rest = parts.rest().substr(0, end - parts.position());
        const ByteView line = rest.substr(0, rest.find('\n'));
        const std::size_t size = std::min(line.size() + 1, rest.size());
        const bool blank = line.empty() || line == "\r";
        const std::string note = blank ? "blank: the end of the headers" : line_note(options, line);
        parts.add(note == "the length" ? PartKind::length : PartKind::line, size, note);
    }
    parts.add(PartKind::line, end - parts.position(), "further lines");
}

ExplainedFrame explain_headed(const Framing& framing, ByteView bytes) {
    const codec::HeaderOptions& options = framing.headers;
    codec::HeaderBlock block(options);
    std::uint64_t examined = 0;
    static_cast<void>(block.read(bytes, examined));
    PartList parts(bytes);
    add_header_lines(parts, options, block.size());
    const bool to_close = !block.body() && options.without == codec::WithoutLength::close;
    const std::size_t trailer = to_close ? 0 : options.trailer.size();
    const std::size_t body = parts.rest().size() - std::min(trailer, parts.rest().size());
    parts.add(PartKind::body, body);
    parts.add_rest(PartKind::trailer, "literal");
    if (block.body()) {
        return {parts.take(), fmt::format("the header announces a body of {}", *block.body())};
    }
    if (to_close) {
        return {parts.take(), "the stream ends"};
    }
    return {parts.take(), body > 0 ? "the trailer" : "no length: no body"};
}

std::string_view value_end(codec::ValueFormat format) {
    switch (format) {
        case codec::ValueFormat::json:
            return "the JSON value is complete";
        case codec::ValueFormat::msgpack:
            return "the MessagePack value is complete";
        case codec::ValueFormat::cbor:
            return "the CBOR data item is complete";
        case codec::ValueFormat::resp:
            break;
    }
    return "the RESP value is complete";
}

ExplainedFrame explain_plain(ByteView bytes, std::string end) {
    PartList parts(bytes);
    parts.add_rest(PartKind::body);
    return {parts.take(), std::move(end)};
}

ExplainedFrame explain_stuffed(const Framing& framing, ByteView bytes, ByteView payload) {
    switch (framing.stuffing) {
        case codec::Stuffing::dot:
            return explain_dot_frame(bytes);
        case codec::Stuffing::dle:
            return explain_dle_frame(framing.dle, bytes);
        case codec::Stuffing::cobs:
        case codec::Stuffing::slip:
        case codec::Stuffing::hdlc:
            break;
    }
    return explain_stuffed_frame(framing, bytes, payload);
}

ExplainedFrame explain_syslog(
    const Framing& framing, ByteView bytes, ByteView payload, bool at_end
) {
    if (codec::syslog_start(bytes) == codec::SyslogStart::count) {
        return explain_length_frame(codec::syslog_octet_count(), bytes, payload);
    }
    return explain_delimited(framing.delimiter, bytes, payload, at_end);
}

}  // namespace

std::string_view name_of(PartKind kind) {
    switch (kind) {
        case PartKind::head:
            return "head";
        case PartKind::other:
            return "other";
        case PartKind::length:
            return "length";
        case PartKind::terminator:
            return "terminator";
        case PartKind::body:
            return "body";
        case PartKind::ending:
            return "ending";
        case PartKind::padding:
            return "padding";
        case PartKind::trailer:
            return "trailer";
        case PartKind::delimiter:
            return "delimiter";
        case PartKind::filler:
            return "filler";
        case PartKind::escape:
            return "escape";
        case PartKind::checksum:
            return "checksum";
        case PartKind::line:
            return "line";
        case PartKind::skipped:
            return "skipped";
        case PartKind::rest:
            break;
    }
    return "rest";
}

ExplainedFrame explain_frame(
    const Framing& framing, ByteView bytes, ByteView payload, bool at_end
) {
    switch (framing.kind) {
        case FramingKind::length:
            return framing.length.continuation == codec::Continuation::none
                       ? explain_length_frame(framing.length, bytes, payload)
                       : explain_continued_frame(framing.length, bytes);
        case FramingKind::delimiter:
            return explain_delimited(framing.delimiter, bytes, payload, at_end);
        case FramingKind::stuffed:
            return explain_stuffed(framing, bytes, payload);
        case FramingKind::syslog:
            return explain_syslog(framing, bytes, payload, at_end);
        case FramingKind::headers:
            return explain_headed(framing, bytes);
        case FramingKind::value:
            return explain_plain(
                bytes, at_end ? "the stream ends" : std::string(value_end(framing.format))
            );
        case FramingKind::idle:
            return explain_plain(bytes, "the stream ends; a pause would, too");
        case FramingKind::fixed:
        case FramingKind::datagram:
            break;
    }
    return explain_plain(bytes, fmt::format("every frame has {} bytes", bytes.size()));
}

std::vector<FramePart> explain_beginning(const Framing& framing, ByteView bytes) {
    PartList parts(bytes);
    if (framing.kind == FramingKind::length &&
        framing.length.continuation != codec::Continuation::none) {
        return explain_continued_beginning(framing.length, bytes);
    }
    if (framing.kind == FramingKind::length) {
        add_length_head(parts, framing.length, read_length(framing.length, bytes));
    } else if (framing.kind == FramingKind::syslog &&
               codec::syslog_start(bytes) == codec::SyslogStart::count) {
        const codec::LengthOptions count = codec::syslog_octet_count();
        add_length_head(parts, count, read_length(count, bytes));
    } else if (framing.kind == FramingKind::delimiter) {
        parts.add(PartKind::head, framing.delimiter.start.size(), "literal");
    }
    parts.add_rest(PartKind::rest);
    return parts.take();
}

}  // namespace telex::cli

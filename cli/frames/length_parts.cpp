#include "cli/frames/length_parts.hpp"

#include "codec/length_layout.hpp"
#include "codec/scaled_head.hpp"

#include <fmt/format.h>

namespace telex::cli {
namespace {

using codec::LengthCounts;
using codec::LengthEncoding;
using codec::LengthHead;
using codec::LengthOptions;

LengthHead read_head(const LengthOptions& options, ByteView bytes) {
    switch (options.encoding) {
        case LengthEncoding::binary:
            return codec::is_scaled(options) ? codec::ScaledHeadReader(options).read(bytes)
                                             : codec::BinaryHeadReader(options).read(bytes);
        case LengthEncoding::leb128:
            return codec::Leb128HeadReader(options).read(bytes);
        case LengthEncoding::bcd:
            return codec::BcdHeadReader(options).read(bytes);
        case LengthEncoding::ber:
            return codec::BerHeadReader(options).read(bytes);
        case LengthEncoding::decimal:
        case LengthEncoding::hex:
            break;
    }
    return codec::DigitsHeadReader(options).read(bytes);
}

std::string_view encoding_text(const LengthOptions& options) {
    switch (options.encoding) {
        case LengthEncoding::binary:
            return options.order == codec::ByteOrder::big ? "big-endian" : "little-endian";
        case LengthEncoding::leb128:
            return "LEB128";
        case LengthEncoding::bcd:
            return "BCD";
        case LengthEncoding::ber:
            return "BER";
        case LengthEncoding::decimal:
            return "decimal";
        case LengthEncoding::hex:
            break;
    }
    return "hexadecimal";
}

std::string_view counted_text(LengthCounts counts) {
    switch (counts) {
        case LengthCounts::body:
            return "";
        case LengthCounts::from_field:
            return " from the field on";
        case LengthCounts::frame:
            break;
    }
    return " of the whole frame";
}

// "big-endian, 9 of the whole frame, body of 5"
std::string field_note(const LengthOptions& options, const ReadLength& length) {
    if (length.head.status == LengthHead::Status::malformed) {
        return fmt::format("{}, malformed", encoding_text(options));
    }
    if (length.head.status == LengthHead::Status::incomplete) {
        return fmt::format("{}, incomplete", encoding_text(options));
    }
    std::string note = fmt::format("{}, {}", encoding_text(options), length.head.field);
    note += counted_text(options.counts);
    if (!length.body) {
        return note + ", less than the least possible";
    }
    return *length.body == length.head.field ? note
                                             : fmt::format("{}, body of {}", note, *length.body);
}

// Bytes of the head up to `end`, among which the number of bytes of padding may be.
void add_other(PartList& parts, const LengthOptions& options, std::size_t end) {
    const auto add_until = [&parts](std::size_t to, PartKind kind, const char* note) {
        if (to > parts.position()) {
            parts.add(kind, to - parts.position(), note);
        }
    };
    const std::size_t field = options.padding_at;
    if (options.padding_width > 0 && field >= parts.position() && field < end) {
        add_until(field, PartKind::other, "");
        add_until(field + options.padding_width, PartKind::length, "size of the padding");
    }
    add_until(end, PartKind::other, "");
}

std::size_t field_size(const LengthOptions& options, const ReadLength& length) {
    if (length.head.status != LengthHead::Status::complete || codec::has_fixed_width(options)) {
        return options.width;
    }
    return length.head.size - options.at - options.terminator.size();
}

}  // namespace

ReadLength read_length(const LengthOptions& options, ByteView bytes) {
    ReadLength length{.head = read_head(options, bytes), .body = {}};
    if (length.head.status == LengthHead::Status::complete) {
        length.body = codec::LengthLayout(options).body_of(length.head.field);
    }
    return length;
}

void add_length_head(PartList& parts, const LengthOptions& options, const ReadLength& length) {
    parts.add(PartKind::head, options.head.size(), "literal");
    add_other(parts, options, options.at);
    parts.add(PartKind::length, field_size(options, length), field_note(options, length));
    if (length.head.status == LengthHead::Status::complete) {
        parts.add(PartKind::terminator, options.terminator.size(), "ends the digits");
        add_other(parts, options, length.head.size);
    }
}

ExplainedFrame explain_length_frame(
    const LengthOptions& options, ByteView bytes, ByteView payload
) {
    PartList parts(bytes);
    const ReadLength length = read_length(options, bytes);
    add_length_head(parts, options, length);
    const std::size_t body = length.body.value_or(0);
    const std::size_t kept = options.keep_head ? length.head.size : 0;
    const std::size_t trimmed = kept + body - payload.size();
    parts.add(PartKind::body, body - trimmed);
    parts.add(PartKind::ending, trimmed, "removed from the payload");
    if (parts.rest().size() > options.trailer.size()) {
        parts.add(PartKind::padding, parts.rest().size() - options.trailer.size());
    }
    parts.add_rest(PartKind::trailer, "literal");
    return {parts.take(), fmt::format("the length announces a body of {}", body)};
}

}  // namespace telex::cli

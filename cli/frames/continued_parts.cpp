#include "cli/frames/continued_parts.hpp"

#include "cli/frames/part_list.hpp"
#include "codec/frame_part_reader.hpp"

#include <fmt/format.h>

namespace telex::cli {
namespace {

using codec::FramePartReader;

// More of them are summed up.
constexpr std::size_t kMaxShownParts = 24;

// Adds the first parts.
void add_parts(PartList& parts, const codec::LengthOptions& options) {
    const FramePartReader reader(options);
    for (std::size_t i = 0; i < kMaxShownParts && parts.rest().size() >= reader.head_size(); ++i) {
        const auto part = reader.read(parts.rest());
        if (!part) {
            break;
        }
        const std::size_t field_end = std::size_t{options.at} + options.width;
        parts.add(PartKind::other, options.at);
        parts.add(
            PartKind::length,
            options.width,
            fmt::format("body of {}{}", part->body, part->last ? ", the last part" : "")
        );
        parts.add(PartKind::other, reader.head_size() - field_end);
        parts.add(PartKind::body, part->body);
    }
}

}  // namespace

std::vector<FramePart> explain_continued_beginning(
    const codec::LengthOptions& options, ByteView bytes
) {
    PartList parts(bytes);
    add_parts(parts, options);
    parts.add_rest(PartKind::rest);
    return parts.take();
}

ExplainedFrame explain_continued_frame(const codec::LengthOptions& options, ByteView bytes) {
    PartList parts(bytes);
    add_parts(parts, options);
    parts.add_rest(PartKind::body, "further parts");
    return {parts.take(), "the last part"};
}

FrameFault find_continued_fault(const codec::Framing& framing, ByteView bytes) {
    const codec::LengthOptions& length = framing.length;
    const FramePartReader reader(length);
    const FramePartReader::Whole whole = reader.read_all(bytes);
    const std::size_t at = whole.size + length.at;
    const auto next = reader.read(bytes.substr(whole.size));
    if (!next) {
        return {at, "announces less than the least possible"};
    }
    if (whole.parts >= length.parts) {
        return {at, fmt::format("more than {} parts", length.parts)};
    }
    const std::size_t before = length.keep_head ? whole.size + reader.head_size() : whole.body;
    return {
        at,
        fmt::format(
            "announces a part of {} bytes after {}; the limit is {}",
            next->body,
            before,
            framing.max_frame_bytes
        )
    };
}

}  // namespace telex::cli

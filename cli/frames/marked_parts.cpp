#include "cli/frames/marked_parts.hpp"

#include "cli/frames/part_list.hpp"
#include "codec/stuffing.hpp"

#include <algorithm>

namespace telex::cli {
namespace {

// More pieces are summed up.
constexpr std::size_t kMaxMarkedPieces = 64;

struct EscapePart {
    std::size_t size;
    const char* note;
};

// Adds content up to `end`. `next_escape` returns where the next escape is.
template <class NextEscape>
void add_content(PartList& parts, std::size_t end, EscapePart escape, NextEscape next_escape) {
    while (parts.position() < end && parts.count() < kMaxMarkedPieces) {
        const std::size_t at = std::min(next_escape(parts.position()), end);
        parts.add(PartKind::body, at - parts.position());
        parts.add(PartKind::escape, std::min(escape.size, end - at), escape.note);
    }
    parts.add(PartKind::body, end - parts.position(), "with further escapes");
}

}  // namespace

ExplainedFrame explain_dot_frame(ByteView bytes) {
    const std::size_t end = bytes.size() - std::min(bytes.size(), codec::Dot::kEnd.size());
    PartList parts(bytes);
    add_content(parts, end, {1, "begins a line, removed"}, [bytes](std::size_t from) {
        if (from == 0 && bytes.starts_with('.')) {
            return std::size_t{0};
        }
        const std::size_t line = bytes.find("\r\n.", from - std::min<std::size_t>(from, 2));
        return line == ByteView::npos ? line : line + 2;
    });
    parts.add_rest(PartKind::delimiter, "a line of one dot");
    return {parts.take(), "the line of one dot"};
}

ExplainedFrame explain_dle_frame(const codec::DleOptions& options, ByteView bytes) {
    PartList parts(bytes);
    parts.add(PartKind::head, 1 + options.start.size(), "DLE and the start byte");
    const std::size_t end = bytes.size() - std::min<std::size_t>(bytes.size(), 2);
    add_content(parts, end, {2, "stands for 10"}, [bytes](std::size_t from) {
        return bytes.find(codec::Dle::kDle, from);
    });
    parts.add_rest(PartKind::delimiter, "DLE and the end byte");
    return {parts.take(), "DLE and the end byte"};
}

}  // namespace telex::cli

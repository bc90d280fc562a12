#include "cli/frames/explainer.hpp"

#include "base/printable.hpp"
#include "cli/frames/frame_fault.hpp"
#include "wire/plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::cli {
namespace {

// Parts up to this size are shown whole, of longer ones the first and last bytes.
constexpr std::size_t kWholeBytes = 16;
constexpr std::size_t kFirstBytes = 10;
constexpr std::size_t kLastBytes = 4;
constexpr std::size_t kTextBytes = 40;

std::string spaced_hex(ByteView bytes) {
    std::string out;
    for (const char byte : bytes) {
        out += fmt::format("{}{:02x}", out.empty() ? "" : " ", static_cast<unsigned char>(byte));
    }
    return out;
}

std::string excerpt(ByteView bytes) {
    if (bytes.size() <= kWholeBytes) {
        return spaced_hex(bytes);
    }
    return spaced_hex(bytes.substr(0, kFirstBytes)) + " .. " +
           spaced_hex(bytes.substr(bytes.size() - kLastBytes));
}

bool is_content(PartKind kind) {
    return kind == PartKind::body || kind == PartKind::line || kind == PartKind::rest;
}

// The first bytes of content as text, if they are.
std::string text_excerpt(PartKind kind, ByteView bytes) {
    const ByteView first = bytes.substr(0, kTextBytes);
    const ByteView text = first.substr(0, first.find_last_not_of("\r\n") + 1);
    if (!is_content(kind) || !wire::is_plain_text(text)) {
        return "";
    }
    return fmt::format("\"{}\"{}", printable(first), first.size() < bytes.size() ? " .." : "");
}

Colour colour_of(PartKind kind) {
    switch (kind) {
        case PartKind::head:
        case PartKind::escape:
            return Colour::magenta;
        case PartKind::length:
        case PartKind::checksum:
            return Colour::cyan;
        case PartKind::terminator:
        case PartKind::trailer:
        case PartKind::delimiter:
            return Colour::yellow;
        case PartKind::body:
        case PartKind::line:
            return Colour::green;
        case PartKind::other:
        case PartKind::ending:
        case PartKind::padding:
        case PartKind::filler:
        case PartKind::skipped:
        case PartKind::rest:
            break;
    }
    return Colour::plain;
}

}  // namespace

Explainer::Explainer(const codec::Framing& framing, Colours colours)
    : framing_(framing),
      colours_(colours),
      first_left_(framing.first.framing.empty() ? 0 : framing.first.frames) {}

const codec::Framing& Explainer::framing_of_next(ByteView bytes) {
    const ByteView begins(framing_.first.begins);
    if (first_left_ == 0 || !begins.starts_with(bytes.substr(0, begins.size()))) {
        first_left_ = 0;
        return framing_;
    }
    --first_left_;
    return framing_.first.framing.front();
}

std::string Explainer::lines(const std::vector<FramePart>& parts, const FrameEvent& event) const {
    std::string out;
    std::size_t at = 0;
    for (const FramePart& part : parts) {
        const ByteView bytes = event.bytes.substr(at, part.size);
        const std::string note = part.note.empty() ? text_excerpt(part.kind, bytes) : part.note;
        const std::string shown = colours_.paint(
            colour_of(part.kind), fmt::format("{:<10}  {:<46}", name_of(part.kind), excerpt(bytes))
        );
        out += fmt::format("{:>10} {:>8}  {}  {}", event.offset + at, part.size, shown, note);
        out.erase(out.find_last_not_of(' ') + 1);
        out += '\n';
        at += part.size;
    }
    return out;
}

std::string Explainer::frame(std::uint64_t index, const FrameEvent& event) {
    const ExplainedFrame explained =
        explain_frame(framing_of_next(event.bytes), event.bytes, event.payload, event.at_end);
    return fmt::format(
        "frame {} at {}: size {}, payload {}\n{}{:>10} {:>8}  ends: {}\n",
        index,
        event.offset,
        event.bytes.size(),
        event.payload.size(),
        lines(explained.parts, event),
        event.offset + event.bytes.size(),
        "",
        explained.end
    );
}

std::string Explainer::skipped(const FrameEvent& event) const {
    return lines(
        {{PartKind::skipped,
          event.bytes.size(),
          event.lost ? "a frame that is too large or damaged"
                     : "a filler, an empty frame, or the rest of a skipped one"}},
        event
    );
}

std::string Explainer::error(std::uint64_t index, const FrameEvent& event) {
    const codec::Framing& framing = framing_of_next(event.bytes);
    const FrameFault fault = find_fault(framing, event.bytes, event.error);
    return fmt::format(
        "frame {} at {}: {} read\n{}{:>10} {:>8}  {}: {}\n",
        index,
        event.offset,
        event.bytes.size(),
        lines(explain_beginning(framing, event.bytes), event),
        event.offset + fault.at,
        "",
        colours_.paint(Colour::red, std::string(codec::name_of(event.error))),
        fault.reason
    );
}

}  // namespace telex::cli

#include "cli/frames/stuffed_parts.hpp"

#include "cli/frames/part_list.hpp"
#include "codec/stuffing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::cli {
namespace {

using codec::Stuffing;

// More pieces are summed up.
constexpr std::size_t kMaxPieces = 64;
constexpr std::size_t kEscapeBytes = 2;
constexpr unsigned char kFullBlock = 0xFF;

char escape_byte(Stuffing stuffing) {
    constexpr char kSlipEscape = '\xDB';
    constexpr char kHdlcEscape = '\x7D';
    return stuffing == Stuffing::slip ? kSlipEscape : kHdlcEscape;
}

// The byte that an escape of two bytes stands for.
std::optional<unsigned char> escaped_byte(Stuffing stuffing, char second) {
    constexpr char kSlipEnd = '\xDC';
    constexpr char kSlipEscape = '\xDD';
    constexpr unsigned char kInversion = 0x20;
    if (stuffing == Stuffing::hdlc) {
        return static_cast<unsigned char>(static_cast<unsigned char>(second) ^ kInversion);
    }
    if (second == kSlipEnd) {
        return static_cast<unsigned char>(codec::Slip::kEnd);
    }
    return second == kSlipEscape
               ? std::optional(static_cast<unsigned char>(escape_byte(Stuffing::slip)))
               : std::nullopt;
}

// Content of slip or hdlc: bytes as they are, and escapes. Behind the payload is the checksum.
class EscapedContent {
public:
    EscapedContent(PartList& parts, Stuffing stuffing, std::size_t end, std::size_t payload)
        : parts_(parts), stuffing_(stuffing), end_(end), payload_left_(payload) {}

    void add() {
        while (parts_.position() < end_ && parts_.count() < kMaxPieces) {
            const ByteView content = parts_.rest().substr(0, end_ - parts_.position());
            const std::size_t plain =
                std::min(content.find(escape_byte(stuffing_)), content.size());
            if (plain == 0) {
                add_escape(content);
            } else {
                add_plain(plain);
            }
        }
        parts_.add(PartKind::body, end_ - parts_.position(), "with further escapes");
    }

private:
    void add_escape(ByteView content) {
        const auto byte =
            content.size() < kEscapeBytes ? std::nullopt : escaped_byte(stuffing_, content[1]);
        const char* of = payload_left_ > 0 ? "" : " of the checksum";
        payload_left_ -= std::min<std::size_t>(payload_left_, 1);
        parts_.add(
            PartKind::escape,
            kEscapeBytes,
            byte ? fmt::format("stands for {:02x}{}", *byte, of) : "stands for no byte"
        );
    }

    void add_plain(std::size_t size) {
        const std::size_t body = std::min(size, payload_left_);
        payload_left_ -= body;
        parts_.add(PartKind::body, body);
        parts_.add(PartKind::checksum, size - body, "FCS-16 of the content, low byte first");
    }

    PartList& parts_;
    Stuffing stuffing_;
    std::size_t end_;
    std::size_t payload_left_;
};

void add_cobs(PartList& parts, std::size_t end) {
    while (parts.position() < end && parts.count() < kMaxPieces) {
        const auto code = static_cast<unsigned char>(parts.rest().front());
        const std::size_t block = std::min<std::size_t>(code, end - parts.position());
        const bool zero = code != kFullBlock && parts.position() + block < end;
        parts.add(
            PartKind::escape,
            1,
            fmt::format("code, block of {}{}", block - 1, zero ? ", then a zero" : "")
        );
        parts.add(PartKind::body, block - 1);
    }
    parts.add(PartKind::body, end - parts.position(), "with further codes");
}

std::optional<std::size_t> find_bad_block(ByteView stuffed) {
    std::size_t at = 0;
    while (at < stuffed.size()) {
        const auto code = static_cast<unsigned char>(stuffed[at]);
        if (code > stuffed.size() - at) {
            return at;
        }
        at += std::max<std::size_t>(code, 1);
    }
    return std::nullopt;
}

}  // namespace

char end_byte(Stuffing stuffing) {
    switch (stuffing) {
        case Stuffing::cobs:
            return codec::Cobs::kEnd;
        case Stuffing::slip:
            return codec::Slip::kEnd;
        case Stuffing::dot:  // end with more than one byte
        case Stuffing::dle:
        case Stuffing::hdlc:
            break;
    }
    return codec::Hdlc::kEnd;
}

std::optional<std::size_t> find_bad_escape(Stuffing stuffing, ByteView stuffed) {
    if (stuffing == Stuffing::cobs) {
        return find_bad_block(stuffed);
    }
    for (std::size_t at = stuffed.find(escape_byte(stuffing)); at != ByteView::npos;
         at = stuffed.find(escape_byte(stuffing), at + kEscapeBytes)) {
        if (at + 1 == stuffed.size() || !escaped_byte(stuffing, stuffed[at + 1])) {
            return at;
        }
    }
    return std::nullopt;
}

ExplainedFrame explain_stuffed_frame(
    const codec::Framing& framing, ByteView bytes, ByteView payload
) {
    const char end = end_byte(framing.stuffing);
    PartList parts(bytes);
    parts.add(PartKind::filler, std::min(bytes.find_first_not_of(end), bytes.size()), "end bytes");
    if (framing.stuffing == Stuffing::cobs) {
        add_cobs(parts, bytes.size() - 1);
    } else {
        EscapedContent(parts, framing.stuffing, bytes.size() - 1, payload.size()).add();
    }
    parts.add_rest(PartKind::delimiter, "end byte");
    return {parts.take(), "the end byte"};
}

}  // namespace telex::cli

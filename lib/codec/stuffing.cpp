#include "codec/stuffing.hpp"

#include <algorithm>

namespace telex::codec {

namespace {

constexpr std::size_t kCobsLongestRun = 254;
constexpr unsigned char kCobsFullBlock = 0xFF;

constexpr char kSlipEscape = '\xDB';
constexpr char kSlipEscapedEnd = '\xDC';
constexpr char kSlipEscapedEscape = '\xDD';

constexpr char kHdlcEscape = '\x7D';
constexpr char kHdlcInversion = '\x20';

// `restore` returns the byte that an escaped byte stands for, or nullopt. An escape at the end is
// an error.
template <class Restore>
std::optional<ByteView> unescape(
    ByteView stuffed, char escape, std::string& scratch, Restore restore
) {
    std::size_t next = stuffed.find(escape);
    if (next == ByteView::npos) {
        return stuffed;
    }
    scratch.clear();
    scratch.reserve(stuffed.size());
    while (next != ByteView::npos) {
        if (next + 1 == stuffed.size()) {
            return std::nullopt;
        }
        const std::optional<char> restored = restore(stuffed[next + 1]);
        if (!restored) {
            return std::nullopt;
        }
        scratch.append(stuffed.substr(0, next)).push_back(*restored);
        stuffed.remove_prefix(next + 2);
        next = stuffed.find(escape);
    }
    scratch.append(stuffed);
    return scratch;
}

// Writes `mark` and replace(byte) for each end byte and each `mark`.
template <class Replace>
void escape(ByteView payload, char end, char mark, std::string& out, Replace replace) {
    std::size_t copied = 0;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        if (payload[i] == end || payload[i] == mark) {
            out.append(payload.substr(copied, i - copied));
            out.push_back(mark);
            out.push_back(replace(payload[i]));
            copied = i + 1;
        }
    }
    out.append(payload.substr(copied));
}

}  // namespace

// Blocks of one code byte c and c-1 bytes. A block with c < FF stands for a zero after it, except
// at the end of the frame.
std::optional<ByteView> Cobs::unstuff(ByteView stuffed, std::string& scratch) {
    const auto first_code = static_cast<unsigned char>(stuffed.front());
    if (first_code == stuffed.size()) {
        return stuffed.substr(1);  // a single block: the payload has no zero
    }
    scratch.clear();
    scratch.reserve(stuffed.size());
    while (!stuffed.empty()) {
        const auto code = static_cast<unsigned char>(stuffed.front());
        if (code > stuffed.size()) {
            return std::nullopt;
        }
        scratch.append(stuffed.substr(1, code - 1U));
        stuffed.remove_prefix(code);
        if (code != kCobsFullBlock && !stuffed.empty()) {
            scratch.push_back('\0');
        }
    }
    return scratch;
}

void Cobs::stuff(ByteView payload, std::string& out) {
    while (true) {
        const std::size_t run = std::min(payload.find('\0'), payload.size());
        const std::size_t block = std::min(run, kCobsLongestRun);
        out.push_back(static_cast<char>(block + 1));
        out.append(payload.substr(0, block));
        payload.remove_prefix(block);
        if (payload.empty()) {
            return;
        }
        if (block < kCobsLongestRun) {
            payload.remove_prefix(1);  // the zero that the block stands for
        }
    }
}

std::optional<ByteView> Slip::unstuff(ByteView stuffed, std::string& scratch) {
    return unescape(stuffed, kSlipEscape, scratch, [](char escaped) -> std::optional<char> {
        if (escaped == kSlipEscapedEnd) {
            return kEnd;
        }
        return escaped == kSlipEscapedEscape ? std::optional(kSlipEscape) : std::nullopt;
    });
}

void Slip::stuff(ByteView payload, std::string& out) {
    escape(payload, kEnd, kSlipEscape, out, [](char byte) {
        return byte == kEnd ? kSlipEscapedEnd : kSlipEscapedEscape;
    });
}

std::optional<ByteView> Hdlc::unstuff(ByteView stuffed, std::string& scratch) {
    return unescape(stuffed, kHdlcEscape, scratch, [](char escaped) {
        return std::optional(static_cast<char>(escaped ^ kHdlcInversion));
    });
}

void Hdlc::stuff(ByteView payload, std::string& out) {
    escape(payload, kEnd, kHdlcEscape, out, [](char byte) {
        return static_cast<char>(byte ^ kHdlcInversion);
    });
}

}  // namespace telex::codec

#include "codec/stuffing.hpp"

#include <algorithm>

namespace telex::codec {

namespace {

constexpr std::size_t kCobsLongestRun = 254;
constexpr unsigned char kCobsFullBlock = 0xFF;

constexpr char kSlipEscape = '\xDB';
constexpr char kSlipEscapedEnd = '\xDC';
constexpr char kSlipEscapedEscape = '\xDD';

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
    std::size_t escape = stuffed.find(kSlipEscape);
    if (escape == ByteView::npos) {
        return stuffed;
    }
    scratch.clear();
    scratch.reserve(stuffed.size());
    while (escape != ByteView::npos) {
        scratch.append(stuffed.substr(0, escape));
        const char escaped = escape + 1 < stuffed.size() ? stuffed[escape + 1] : '\0';
        if (escaped == kSlipEscapedEnd) {
            scratch.push_back(kEnd);
        } else if (escaped == kSlipEscapedEscape) {
            scratch.push_back(kSlipEscape);
        } else {
            return std::nullopt;
        }
        stuffed.remove_prefix(escape + 2);
        escape = stuffed.find(kSlipEscape);
    }
    scratch.append(stuffed);
    return scratch;
}

void Slip::stuff(ByteView payload, std::string& out) {
    std::size_t copied = 0;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        if (payload[i] == kEnd || payload[i] == kSlipEscape) {
            out.append(payload.substr(copied, i - copied));
            out.push_back(kSlipEscape);
            out.push_back(payload[i] == kEnd ? kSlipEscapedEnd : kSlipEscapedEscape);
            copied = i + 1;
        }
    }
    out.append(payload.substr(copied));
}

}  // namespace telex::codec

#include "codec/stuffing.hpp"

#include "base/byte_scan.hpp"

#include <algorithm>
#include <cstring>

namespace telex::codec {

namespace {

constexpr std::size_t kCobsLongestRun = 254;
constexpr std::size_t kCobsFullBlock = 0xFF;

constexpr char kSlipEscapedEnd = '\xDC';
constexpr char kSlipEscapedEscape = '\xDD';

constexpr char kHdlcInversion = '\x20';

// Writes content of at most `most` bytes over the bytes of `scratch`, which only grows: what it
// holds is not cleared for each frame.
class Content {
public:
    Content(std::string& scratch, std::size_t most) {
        if (scratch.size() < most) {
            scratch.clear();  // its bytes need no copy
            scratch.resize(most);
        }
        begin_ = scratch.data();
        end_ = begin_;
    }

    void append(const char* bytes, std::size_t size) {
        std::memcpy(end_, bytes, size);
        end_ += size;
    }

    void append(char byte) { *end_++ = byte; }

    ByteView view() const { return {begin_, static_cast<std::size_t>(end_ - begin_)}; }

private:
    char* begin_;
    char* end_;
};

// `first`: offset of the first escape. `restore` returns the byte that an escaped byte stands for,
// or nullopt. An escape at the end is an error.
template <class Restore>
std::optional<ByteView> restore_escaped(
    ByteView stuffed, std::size_t first, char escape, std::string& scratch, Restore restore
) {
    Content content(scratch, stuffed.size());
    std::size_t copied = 0;
    for (std::size_t next = first; next < stuffed.size();
         next = find_byte(stuffed, copied, escape)) {
        if (next + 1 == stuffed.size()) {
            return std::nullopt;
        }
        const std::optional<char> restored = restore(stuffed[next + 1]);
        if (!restored) {
            return std::nullopt;
        }
        content.append(stuffed.data() + copied, next - copied);
        content.append(*restored);
        copied = next + 2;
    }
    content.append(stuffed.data() + copied, stuffed.size() - copied);
    return content.view();
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
std::optional<ByteView> Cobs::unstuff_blocks(ByteView stuffed, std::string& scratch) {
    const char* at = stuffed.data();
    const char* const end = at + stuffed.size();
    Content content(scratch, stuffed.size());
    while (true) {
        const std::size_t code = static_cast<unsigned char>(*at);
        if (code > static_cast<std::size_t>(end - at)) {
            return std::nullopt;
        }
        content.append(at + 1, code - 1);
        at += code;
        if (at == end) {
            return content.view();
        }
        if (code != kCobsFullBlock) {
            content.append('\0');
        }
    }
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

std::optional<ByteView> Slip::unescape(ByteView stuffed, std::size_t escape, std::string& scratch) {
    return restore_escaped(
        stuffed,
        escape,
        kEscape,
        scratch,
        [](char escaped) -> std::optional<char> {
            if (escaped == kSlipEscapedEnd) {
                return kEnd;
            }
            return escaped == kSlipEscapedEscape ? std::optional(kEscape) : std::nullopt;
        }
    );
}

void Slip::stuff(ByteView payload, std::string& out) {
    escape(payload, kEnd, kEscape, out, [](char byte) {
        return byte == kEnd ? kSlipEscapedEnd : kSlipEscapedEscape;
    });
}

std::optional<ByteView> Hdlc::unescape(ByteView stuffed, std::size_t escape, std::string& scratch) {
    return restore_escaped(stuffed, escape, kEscape, scratch, [](char escaped) {
        return std::optional(static_cast<char>(escaped ^ kHdlcInversion));
    });
}

void Hdlc::stuff(ByteView payload, std::string& out) {
    escape(payload, kEnd, kEscape, out, [](char byte) {
        return static_cast<char>(byte ^ kHdlcInversion);
    });
}

ByteView Dot::unstuff(ByteView stuffed, std::string& scratch) {
    constexpr ByteView kLineAndDot = "\r\n.";
    const std::size_t first = stuffed.starts_with('.') ? 1 : 0;
    std::size_t dot = stuffed.find(kLineAndDot);
    if (dot == ByteView::npos) {
        return stuffed.substr(first);
    }
    scratch.clear();
    scratch.reserve(stuffed.size());
    std::size_t copied = first;
    while (dot != ByteView::npos) {
        const std::size_t end = dot + kLineAndDot.size();
        scratch.append(stuffed.substr(copied, end - 1 - copied));
        copied = end;
        dot = stuffed.find(kLineAndDot, end);
    }
    scratch.append(stuffed.substr(copied));
    return scratch;
}

void Dot::stuff(ByteView payload, std::string& out) {
    while (!payload.empty()) {
        if (payload.starts_with('.')) {
            out.push_back('.');
        }
        const std::size_t line = std::min(payload.find('\n'), payload.size() - 1) + 1;
        out.append(payload.substr(0, line));
        payload.remove_prefix(line);
    }
}

ByteView Dle::unstuff(ByteView stuffed, std::string& scratch) {
    const auto pairs =
        restore_escaped(stuffed, find_byte(stuffed, 0, kDle), kDle, scratch, [](char) {
            return std::optional(kDle);
        });
    return pairs.value_or(stuffed);
}

void Dle::stuff(ByteView payload, std::string& out) {
    escape(payload, kDle, kDle, out, [](char byte) { return byte; });
}

}  // namespace telex::codec

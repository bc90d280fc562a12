#include "codec/header_block.hpp"

#include "codec/digits.hpp"

#include <algorithm>

namespace telex::codec {

namespace {

// Digits of a length: no value of them overflows 64 bits.
constexpr std::size_t kMaxLengthDigits = 19;
constexpr char kDelete = '\x7F';
constexpr std::uint64_t kDecimal = 10;

char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte;
}

bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

ByteView without_blanks_around(ByteView text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

// Visible bytes: STOMP's names need not be tokens.
bool is_header_name(ByteView name) {
    return !name.empty() && std::ranges::all_of(name, [](char byte) {
        return static_cast<unsigned char>(byte) > ' ' && byte != kDelete;
    });
}

}  // namespace

bool is_token(ByteView text) {
    constexpr ByteView kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char byte) {
        return is_digit(byte) || (lower(byte) >= 'a' && lower(byte) <= 'z') ||
               kMarks.find(byte) != ByteView::npos;
    });
}

bool is_same_name(ByteView left, ByteView right) {
    return std::ranges::equal(left, right, {}, lower, lower);
}

void HeaderBlock::restart() {
    first_ = true;
    next_line_ = 0;
    searched_ = 0;
    body_.reset();
}

Result<bool, FrameError> HeaderBlock::read(ByteView input, std::uint64_t& examined) {
    const ByteView block = input.substr(0, options_.head_limit);
    while (searched_ < block.size()) {
        const std::size_t end = block.find('\n', searched_);
        examined += std::min(end, block.size()) - searched_ + 1;
        if (end == ByteView::npos) {
            searched_ = block.size();
            break;
        }
        ByteView line = block.substr(next_line_, end - next_line_);
        examined += line.size();
        next_line_ = end + 1;
        searched_ = next_line_;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty() && !first_) {
            return true;
        }
        if (const auto fault = take_line(line)) {
            return unexpected(*fault);
        }
    }
    if (block.size() == options_.head_limit) {
        return unexpected(FrameError::head_too_large);
    }
    return false;
}

bool HeaderBlock::is_start_line(ByteView line) const {
    switch (options_.first_line) {
        case FirstLine::start:
            return true;
        case FirstLine::header:
            return false;
        case FirstLine::either:
            break;
    }
    const std::size_t colon = line.find(':');
    return colon == ByteView::npos || !is_token(line.substr(0, colon));
}

std::optional<FrameError> HeaderBlock::take_line(ByteView line) {
    const bool first = first_;
    first_ = false;
    if (line.empty() || line.find('\r') != ByteView::npos || line.find('\0') != ByteView::npos) {
        return FrameError::bad_header;
    }
    if (first && is_start_line(line)) {
        return std::nullopt;
    }
    const std::size_t colon = line.find(':');
    return colon == ByteView::npos ? std::optional(FrameError::bad_header)
                                   : take_header(line, colon);
}

// A name without blanks also excludes continuation lines and a blank before the colon.
std::optional<FrameError> HeaderBlock::take_header(ByteView line, std::size_t colon) {
    const ByteView name = line.substr(0, colon);
    if (!is_header_name(name)) {
        return FrameError::bad_header;
    }
    if (is_same_name(name, kTransferEncoding)) {
        return FrameError::transfer_encoding;
    }
    const bool is_length = std::ranges::any_of(options_.lengths, [&](const std::string& length) {
        return is_same_name(name, length);
    });
    return is_length ? take_length(line.substr(colon + 1)) : std::nullopt;
}

std::optional<FrameError> HeaderBlock::take_length(ByteView value) {
    const ByteView digits = without_blanks_around(value);
    if (body_ || digits.empty() || digits.size() > kMaxLengthDigits ||
        !std::ranges::all_of(digits, is_digit)) {
        return FrameError::bad_length;
    }
    std::uint64_t size = 0;
    for (const char digit : digits) {
        size = size * kDecimal + digit_value(digit);
    }
    body_ = size;
    return std::nullopt;
}

}  // namespace telex::codec

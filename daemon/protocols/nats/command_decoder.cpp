#include "protocols/nats/command_decoder.hpp"

#include "base/short_bytes.hpp"

#include <algorithm>
#include <cstring>

namespace telex::session::nats {

namespace {

// The line of a publication, as it comes again in the input: with the same size of the payload, or
// with another one.
class RepeatedLine {
public:
    RepeatedLine(ByteView line, std::size_t payload)
        : line_(line), payload_(payload), before_size_(begin_of_size(line)) {}

    // Returns false if the input begins with another line, or with a part of one.
    bool read(ByteView input) {
        return (input.size() >= line_.size() && same_bytes({input.data(), line_.size()}, line_)) ||
               read_other_size(input);
    }

    // Of the line that was read, with its end.
    std::size_t size() const { return line_.size(); }

    std::size_t payload() const { return payload_; }

private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    // Sizes in another form than servers write, and spaces behind them, are not repeated with other
    // sizes: then sizes with as many digits have lines of the same length.
    static std::size_t begin_of_size(ByteView line) {
        if (!line.ends_with(kLineEnd)) {
            return 0;
        }
        const ByteView text = line.substr(0, line.size() - kLineEnd.size());
        std::size_t begin = text.size();
        while (begin > 0 && is_digit(text[begin - 1])) {
            --begin;
        }
        return begin == text.size() || has_leading_zero(text.substr(begin)) ? 0 : begin;
    }

    static bool has_leading_zero(ByteView digits) {
        return digits.size() > 1 && digits.front() == '0';
    }

    bool read_other_size(ByteView input) {
        if (before_size_ == 0 || input.size() < before_size_ ||
            !same_bytes({input.data(), before_size_}, {line_.data(), before_size_})) {
            return false;
        }
        const ByteView rest(input.data() + before_size_, input.size() - before_size_);
        std::size_t digits = 0;
        while (digits < rest.size() && is_digit(rest[digits])) {
            ++digits;
        }
        const ByteView text(rest.data(), digits);
        const auto payload = parse_size(text);
        if (!payload || has_leading_zero(text) ||
            rest.substr(digits, kLineEnd.size()) != kLineEnd) {
            return false;
        }
        line_ = {input.data(), before_size_ + digits + kLineEnd.size()};
        payload_ = *payload;
        return true;
    }

    ByteView line_;  // the last one
    std::size_t payload_;
    std::size_t before_size_;  // 0: the line is repeated only as it is
};

}  // namespace

codec::DecodeStep CommandDecoder::decode(ByteView input) {
    last_line_size_ = 0;
    if (input.size() < needed_) {
        return codec::DecodeStep::make_need_more(needed_);
    }
    needed_ = 0;
    const ByteView rest = input.substr(std::min(scanned_, input.size()));
    const std::size_t found = rest.find('\n');
    if (found == ByteView::npos) {
        examined_ += rest.size();
        return wait_for_line(input);
    }
    const std::size_t line_size = input.size() - rest.size() + found;
    examined_ += 2 * line_size - scanned_ + 1;  // for its end, and for its size
    const ByteView line = without_return(input.substr(0, line_size));
    if (line.size() > kMaxControlLine) {
        return codec::DecodeStep::make_error(codec::FrameError::head_too_large);
    }
    const auto payload = payload_size(line);
    if (!payload) {
        scanned_ = 0;
        return codec::DecodeStep::make_frame(line_size + 1, line);
    }
    return take_payload(input, line_size + 1, *payload);
}

codec::DecodeStep CommandDecoder::wait_for_line(ByteView input) {
    // A CR may be the beginning of the line's end.
    if (input.size() > kMaxControlLine + 1) {
        return codec::DecodeStep::make_error(codec::FrameError::head_too_large);
    }
    scanned_ = input.size();
    return codec::DecodeStep::make_need_more(input.size() + 1);
}

codec::DecodeStep CommandDecoder::take_payload(
    ByteView input, std::size_t line, std::size_t payload
) {
    if (payload > limit_) {
        return codec::DecodeStep::make_error(codec::FrameError::too_large);
    }
    const std::size_t end = line + payload;
    if (input.size() < end + kLineEnd.size()) {
        // The line is read again once the rest is there, and not before.
        scanned_ = line - 1;
        needed_ = end + kLineEnd.size();
        return codec::DecodeStep::make_need_more(needed_);
    }
    if (input.substr(end, kLineEnd.size()) != kLineEnd) {
        return codec::DecodeStep::make_error(codec::FrameError::bad_trailer);
    }
    scanned_ = 0;
    if (line <= kMaxRepeatedLine) {
        copy_to(last_line_.data(), input.substr(0, line));
        last_line_size_ = line;
        last_payload_size_ = payload;
    }
    return codec::DecodeStep::make_frame(end + kLineEnd.size(), input.substr(0, end));
}

std::size_t CommandDecoder::look_ahead(ByteView input, std::span<codec::FrameAhead> frames) {
    if (last_line_size_ == 0) {
        return 0;
    }
    RepeatedLine line({last_line_.data(), last_line_size_}, last_payload_size_);
    std::size_t count = 0;
    std::size_t at = 0;
    while (count < frames.size()) {
        const ByteView rest(input.data() + at, input.size() - at);
        if (!line.read(rest) || line.payload() > limit_) {
            break;
        }
        const std::size_t end = line.size() + line.payload();
        if (rest.size() < end + kLineEnd.size() ||
            std::memcmp(rest.data() + end, kLineEnd.data(), kLineEnd.size()) != 0) {
            break;
        }
        at += end + kLineEnd.size();
        frames[count++] = {{rest.data(), end}, at};
    }
    examined_ += at;
    return count;
}

codec::DecodeStep CommandDecoder::finish(ByteView rest) {
    return rest.empty() ? codec::DecodeStep::make_need_more(0)
                        : codec::DecodeStep::make_error(codec::FrameError::truncated);
}

void CommandDecoder::limit_payload(std::size_t max_bytes) {
    limit_ = std::min(max_bytes, max_payload_bytes_);
}

}  // namespace telex::session::nats

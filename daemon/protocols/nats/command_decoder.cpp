#include "protocols/nats/command_decoder.hpp"

#include "base/short_bytes.hpp"

#include <algorithm>
#include <cstring>

namespace telex::session::nats {

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
    const ByteView line(last_line_.data(), last_line_size_);
    const std::size_t frame = last_line_size_ + last_payload_size_;
    std::size_t count = 0;
    std::size_t at = 0;
    while (count < frames.size() && input.size() - at >= frame + kLineEnd.size() &&
           same_bytes(input.substr(at, line.size()), line) &&
           std::memcmp(input.data() + at + frame, kLineEnd.data(), kLineEnd.size()) == 0) {
        frames[count++] = {input.substr(at, frame), at + frame + kLineEnd.size()};
        at += frame + kLineEnd.size();
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

#include "codec/value_scan.hpp"

#include <algorithm>

namespace telex::codec {

void ValueScan::restart() {
    part_ = Part::head;
    position_ = 0;
    bytes_left_ = 0;
    after_cr_ = false;
    levels_.clear();
}

Result<bool, FrameError> ValueScan::scan(ByteView input, std::uint64_t& examined) {
    while (true) {
        const auto progress = step(input, examined);
        if (!progress) {
            return unexpected(progress.error());
        }
        if (*progress != Progress::more) {
            return *progress == Progress::complete;
        }
    }
}

Result<ValueScan::Progress, FrameError> ValueScan::step(ByteView input, std::uint64_t& examined) {
    switch (part_) {
        case Part::head:
            return take_head(input, examined);
        case Part::bytes:
        case Part::blob:
            return pass_bytes(input);
        case Part::line:
            return pass_line(input, examined);
        case Part::line_end:
            break;
    }
    return pass_line_end(input);
}

Result<ValueScan::Progress, FrameError> ValueScan::take_head(
    ByteView input, std::uint64_t& examined
) {
    constexpr std::size_t kMaxHead = 13;
    if (position_ == input.size()) {
        return Progress::waits;
    }
    const ByteView rest = input.substr(position_);
    const ValueHead head = read_head_(rest);
    examined +=
        head.status == ValueHead::Status::complete ? head.size : std::min(rest.size(), kMaxHead);
    switch (head.status) {
        case ValueHead::Status::incomplete:
            return Progress::waits;
        case ValueHead::Status::malformed:
            return unexpected(FrameError::bad_value);
        case ValueHead::Status::complete:
            break;
    }
    position_ += head.size;
    return begin(head);
}

// The chunks of a string are strings of its type with a length.
bool ValueScan::fits_chunks(const ValueHead& head) const {
    const bool in_chunks = !levels_.empty() && levels_.back().kind == ValueHead::Rest::chunks;
    return !in_chunks || head.rest == ValueHead::Rest::stop ||
           (head.is_string && head.type == levels_.back().type);
}

Result<ValueScan::Progress, FrameError> ValueScan::begin(const ValueHead& head) {
    using Kind = ValueHead::Rest;
    if (!fits_chunks(head)) {
        return unexpected(FrameError::bad_value);
    }
    switch (head.rest) {
        case Kind::nothing:
            return end_value();
        case Kind::bytes:
        case Kind::blob:
            part_ = head.rest == Kind::blob ? Part::blob : Part::bytes;
            bytes_left_ = head.count;
            return Progress::more;
        case Kind::line:
            part_ = Part::line;
            after_cr_ = false;
            return Progress::more;
        case Kind::values:
            return head.count == 0 ? end_value() : open({.left = head.count});
        case Kind::items:
        case Kind::pairs:
        case Kind::chunks:
            return open({.kind = head.rest, .type = head.type});
        case Kind::stop:
            break;
    }
    return stop();
}

Result<ValueScan::Progress, FrameError> ValueScan::open(Level level) {
    if (levels_.size() == nesting_) {
        return unexpected(FrameError::too_deep);
    }
    levels_.push_back(level);
    return Progress::more;
}

Result<ValueScan::Progress, FrameError> ValueScan::stop() {
    if (levels_.empty() || levels_.back().kind == ValueHead::Rest::values || levels_.back().odd) {
        return unexpected(FrameError::bad_value);
    }
    levels_.pop_back();
    return end_value();
}

ValueScan::Progress ValueScan::pass_bytes(ByteView input) {
    const auto present = std::min<std::uint64_t>(bytes_left_, input.size() - position_);
    position_ += present;
    bytes_left_ -= present;
    if (bytes_left_ > 0) {
        return Progress::waits;
    }
    if (part_ == Part::bytes) {
        return end_value();
    }
    part_ = Part::line_end;
    bytes_left_ = 2;
    return Progress::more;
}

// After a blob.
Result<ValueScan::Progress, FrameError> ValueScan::pass_line_end(ByteView input) {
    const ByteView end = input.substr(position_, bytes_left_);
    if (end.size() < bytes_left_) {
        return Progress::waits;
    }
    if (end != "\r\n") {
        return unexpected(FrameError::bad_value);
    }
    position_ += end.size();
    return end_value();
}

// A line contains neither CR nor LF.
Result<ValueScan::Progress, FrameError> ValueScan::pass_line(
    ByteView input, std::uint64_t& examined
) {
    while (position_ < input.size()) {
        const char byte = input[position_];
        ++examined;
        if (after_cr_ ? byte != '\n' : byte == '\n') {
            return unexpected(FrameError::bad_value);
        }
        ++position_;
        if (after_cr_) {
            return end_value();
        }
        after_cr_ = byte == '\r';
    }
    return Progress::waits;
}

// The values that contain it may end, too.
ValueScan::Progress ValueScan::end_value() {
    part_ = Part::head;
    bytes_left_ = 0;
    while (!levels_.empty()) {
        Level& level = levels_.back();
        if (level.kind != ValueHead::Rest::values) {
            level.odd = level.kind == ValueHead::Rest::pairs && !level.odd;
            return Progress::more;
        }
        --level.left;
        if (level.left > 0) {
            return Progress::more;
        }
        levels_.pop_back();
    }
    return Progress::complete;
}

}  // namespace telex::codec

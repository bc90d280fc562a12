#include "wire/repeat_scan.hpp"

#include "base/short_bytes.hpp"
#include "wire/plain_publication.hpp"

#include <cstdint>

namespace telex::wire {

bool RepeatScan::next(ByteView frame, PlainMessage& message) {
    if (head_ == 0 || frame.size() != last_frame_.size() ||
        !same_bytes(frame.substr(0, head_), last_frame_.substr(0, head_))) {
        return scan(frame, message);
    }
    message = last_;
    message.body = frame.substr(body_at_);
    return true;
}

bool RepeatScan::scan(ByteView frame, PlainMessage& message) {
    MessageView found;
    if (!read_plain_publication(frame, found) || !same_bytes(found.subject, subject_)) {
        return false;
    }
    const auto place = [&](ByteView part) {
        return static_cast<std::uint32_t>(part.data() - found.body.data());
    };
    last_ = {found.body, place(found.subject), place(found.payload)};
    last_frame_ = frame;
    body_at_ = static_cast<std::size_t>(found.body.data() - frame.data());
    head_ = body_at_ + last_.payload_at;
    message = last_;
    return true;
}

}  // namespace telex::wire

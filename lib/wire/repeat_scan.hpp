#pragma once
// Recognises publications like the one before: frames of one message with the same subject and a
// payload, and nothing else. The checks of the first hold for them.
//
// Most have a payload of the same size as well. Then all their bytes before the payload are the
// same, and one comparison replaces the scan.
#include "base/bytes.hpp"
#include "wire/frame_view.hpp"

#include <cstddef>
#include <string_view>

namespace telex::wire {

// Views into the frames, of which the last one must stay valid. Owner: one run.
class RepeatScan {
public:
    // `subject`: of the publication before, accepted by scan_frame.
    explicit RepeatScan(std::string_view subject) : subject_(subject) {}

    // Returns true and sets `message` if scan_frame would accept the frame and find such a
    // publication.
    [[nodiscard]] bool next(ByteView frame, PlainMessage& message);

private:
    [[nodiscard]] bool scan(ByteView frame, PlainMessage& message);

    std::string_view subject_;
    ByteView last_frame_;
    PlainMessage last_;
    std::size_t body_at_ = 0;  // in the last frame
    std::size_t head_ = 0;     // its bytes before the payload; 0: there is none
};

}  // namespace telex::wire

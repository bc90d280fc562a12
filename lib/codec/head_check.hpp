#pragma once
// Decides by its head whether a frame with headers may enter. It is asked once for each frame,
// when the head is complete and well-formed.
//
// Owner: that of the decoders, which it outlives. Thread: any.
#include "base/bytes.hpp"
#include "codec/frame_error.hpp"

#include <optional>

namespace telex::codec {

class HeadCheck {
public:
    HeadCheck() = default;
    HeadCheck(const HeadCheck&) = delete;
    HeadCheck& operator=(const HeadCheck&) = delete;
    virtual ~HeadCheck() = default;

    // `head`: all lines with their ends, the blank one included. Returns why the frame may not
    // enter, or nothing.
    virtual std::optional<FrameError> check(ByteView head) const = 0;
};

}  // namespace telex::codec

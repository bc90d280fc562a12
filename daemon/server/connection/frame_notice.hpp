#pragma once
// Shows a session the frames that it will get next, some at a time, so that what it will read for
// them is loaded from memory together (docs/adr/0020-literal-filters-by-their-whole-text.md).
//
// Owned by the connection, on its thread.
#include "server/stream/frame_reader.hpp"
#include "session/session.hpp"

#include <cstdint>

namespace telex::server {

class FrameNotice {
public:
    // Call after each frame that is not part of a run.
    void handled_one(FrameReader& reader, session::Session& session) {
        if (left_ != 0) [[likely]] {
            --left_;
        } else {
            show_next(reader, session);
        }
    }

private:
    void show_next(FrameReader& reader, session::Session& session);

    // Frames to pass before the next ones are shown.
    std::uint8_t left_ = 0;
};

}  // namespace telex::server

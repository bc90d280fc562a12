#pragma once
// Passes frames that lie behind the last one to the session, several at once, as long as they are
// like it.
//
// Where runs are refused, for a subscriber with credit or a queue group, looking for them costs a
// third of a message: after each refusal in a row twice as many frames go by one by one.
//
// Owned by the connection, on its thread.
#include "reactor/work_meter.hpp"
#include "server/connection/lifecycle.hpp"
#include "server/stream/frame_reader.hpp"
#include "session/session.hpp"

#include <algorithm>
#include <cstdint>

namespace telex::server {

class RunReader {
public:
    static constexpr int kLongestPause = 63;

    // Call after each frame that may begin a run (Session::expects_more). Reads as far as frames
    // have arrived, until the slice is over or the connection is not live.
    void read(
        FrameReader& reader,
        session::Session& session,
        const Lifecycle& lifecycle,
        reactor::WorkMeter& work
    ) {
        if (is_due()) [[likely]] {
            read_run(reader, session, lifecycle, work);
        }
    }

    // --- for read() and tests ---------------------------------------------------------------
    bool is_due() {
        if (left_ == 0) [[likely]] {
            return true;
        }
        --left_;
        return false;
    }

    // The first frame ahead was refused.
    void note_refusal() {
        pause_ = static_cast<std::uint8_t>(std::min(2 * pause_ + 1, kLongestPause));
        left_ = pause_;
    }

    void note_run() { pause_ = 0; }

private:
    void read_run(
        FrameReader& reader,
        session::Session& session,
        const Lifecycle& lifecycle,
        reactor::WorkMeter& work
    );

    std::uint8_t pause_ = 0;  // frames after the last refusal
    std::uint8_t left_ = 0;   // of these
};

}  // namespace telex::server

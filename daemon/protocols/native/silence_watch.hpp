#pragma once
// Finds out whether a silent client is alive: one Ping per silence, then the end. Over datagrams,
// where a forged source could be pinged, the session ends silently.
//
// Owner: the session. Thread: the connection's reactor.
#include "base/time.hpp"
#include "protocols/native/frame_output.hpp"
#include "session/options.hpp"
#include "session/session.hpp"

#include <cstdint>

namespace telex::session::native {

class SilenceWatch {
public:
    explicit SilenceWatch(FrameOutput& output) : output_(output) {}

    // `waits`: the client waits for a reply.
    void on_tick(bool waits);
    TimePoint next_deadline() const;

private:
    void ping(TimePoint last_received);

    FrameOutput& output_;
    // last_received() when the last Ping was sent.
    TimePoint pinged_silence_{};
    TimePoint pinged_at_{};
    std::uint64_t pings_ = 0;
};

}  // namespace telex::session::native

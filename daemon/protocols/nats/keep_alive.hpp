#pragma once
// Finds out whether a silent client is alive: up to kMaxPings PINGs, then the end.
//
// Owner: the session. Thread: the connection's reactor.
#include "base/time.hpp"
#include "protocols/nats/nats_output.hpp"

#include <cstdint>

namespace telex::session::nats {

class KeepAlive {
public:
    // Without an answer. nats-server's default.
    static constexpr int kMaxPings = 2;

    void on_tick(NatsOutput& output);
    // When on_tick() has something to do.
    TimePoint next_deadline(const NatsOutput& output) const;

private:
    TimePoint silence_{};  // Transport::last_received at the last PING
    TimePoint pinged_at_{};
    std::uint8_t pings_ = 0;  // in this silence
};

}  // namespace telex::session::nats

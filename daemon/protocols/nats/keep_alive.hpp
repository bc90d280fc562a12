#pragma once
// Finds out whether a silent client is alive: up to kMaxPings PINGs, then the end.
//
// Owner: the session. Thread: the connection's reactor.
#include "base/time.hpp"
#include "protocols/nats/nats_output.hpp"

namespace telex::session::nats {

class KeepAlive {
public:
    // Without an answer. nats-server's default.
    static constexpr int kMaxPings = 2;

    explicit KeepAlive(NatsOutput& output) : output_(output) {}

    void on_tick();
    // When on_tick() has something to do.
    TimePoint next_deadline() const;

private:
    NatsOutput& output_;
    TimePoint silence_{};  // Transport::last_received at the last PING
    TimePoint pinged_at_{};
    int pings_ = 0;  // in this silence
};

}  // namespace telex::session::nats

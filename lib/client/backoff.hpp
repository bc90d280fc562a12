#pragma once
// How long to wait before the next round of connection attempts: doubling from the initial delay to
// the largest one, a part of each random. Pure: randomness is passed in.
//
// A connection that did not live long does not reset the delay: a server that welcomes and then
// drops its clients is not hammered.
#include <telex/options.hpp>

#include <algorithm>
#include <chrono>

namespace telex::client {

class Backoff {
public:
    using Milliseconds = std::chrono::milliseconds;

    explicit Backoff(const ReconnectOptions& options) : options_(options) {}

    // The delay before the next round. `random` is in [0, 1).
    Milliseconds next(double random) {
        const Milliseconds base = std::min(delay_, options_.max_delay);
        delay_ = std::min(base * 2, options_.max_delay);
        const double kept = 1.0 - options_.jitter * random;
        return Milliseconds(static_cast<Milliseconds::rep>(static_cast<double>(base.count()) * kept)
        );
    }

    // The server said goodbye: it restarts, and is no server that fails again and again, however
    // short the connection was.
    void connection_ended_in_order() { delay_ = options_.initial_delay; }

    // A connection ended after this time.
    void connection_lived(Milliseconds lifetime) {
        if (lifetime >= delay_) {
            delay_ = options_.initial_delay;
        }
    }

private:
    ReconnectOptions options_;
    Milliseconds delay_ = options_.initial_delay;
};

}  // namespace telex::client

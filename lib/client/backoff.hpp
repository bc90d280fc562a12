#pragma once
// The delay before the next round of connection attempts: doubled from the initial to the maximum
// delay, with a random part. Pure: randomness is passed in.
//
// A short connection does not reset the delay: a server that accepts and then drops its clients is
// not flooded with attempts.
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

    // The server sent Goodbye: it restarts, so even a short connection resets the delay.
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

#pragma once
// How long a client stays with a server that has announced the end of the connection. Without I/O
// or clock.
//
//   begin --> busy   replies are still to be sent or received: stays, as long as the server keeps
//         |   |      the connection
//         \-> idle   shuts down its sending side, and gives the server a moment to close
//
// Its sending side stays open while it waits: so the server notices if it vanishes, and answers its
// Pings. Requests that arrive once it is idle get no reply.
#include "base/time.hpp"

#include <chrono>
#include <optional>

namespace telex::client {

class Leaving {
public:
    // For an idle client's server to close the connection.
    static constexpr std::chrono::milliseconds kMoment{2'000};
    // The longest drain of an exchange (server.drain_timeout), which then closes the connection.
    static constexpr std::chrono::hours kLongest{1};

    // A new connection.
    void reset() { *this = {}; }

    // The server has announced the end. `stays`: until then it takes and sends replies. If it
    // repeats itself it gets no more time.
    void begin(TimePoint now, bool stays) {
        if (!begun()) {
            deadline_ = now + kLongest;
        }
        stays_ = stays_ && stays;
    }

    // Whether replies are still to be sent or received now.
    void update(TimePoint now, bool busy) {
        if (begun() && sends_ && !(busy && stays_)) {
            sends_ = false;
            deadline_ = now + kMoment;
        }
    }

    bool begun() const { return deadline_.has_value(); }

    // Frames may still be sent.
    bool sends() const { return begun() && sends_; }

    // When the client leaves.
    std::optional<TimePoint> deadline() const { return deadline_; }

private:
    std::optional<TimePoint> deadline_;
    bool stays_ = true;
    bool sends_ = true;
};

}  // namespace telex::client

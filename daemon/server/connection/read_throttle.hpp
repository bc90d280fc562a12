#pragma once
// Slows reading down to the rate that a user may send at, over all its connections.
//
// Owner and thread: the connection's. Time is passed in.
#include "access/users.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::server {

class ReadThrottle {
public:
    // Counts what was received. Returns true if reading has to wait until().
    [[nodiscard]] bool received(
        const access::User* user, std::uint64_t frames, std::size_t bytes, TimePoint now
    );

    bool is_active(TimePoint now) const { return now < until_; }

    TimePoint until() const { return until_; }

private:
    TimePoint until_{};
};

}  // namespace telex::server

#pragma once
// Slows reading down to the rate that a user may send at, over all its connections.
//
// Owner and thread: the connection's. Time is passed in.
#include "access/users.hpp"
#include "base/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace telex::server {

class ReadThrottle {
public:
    // Bytes to ask for when hardly any are left: smaller reads cost more than they limit.
    static constexpr std::size_t kMinRead = 4U << 10U;

    static bool applies_to(const access::User* user) {
        return user != nullptr && user->limits.limits_rate();
    }

    // Returns the maximum size of the next read, at least kMinRead.
    static std::size_t max_read(const access::User* user, TimePoint now);

    // Call after each frame and each read of a user with a rate. They return true if what follows
    // has to wait until().
    [[nodiscard]] bool frame_received(const access::User& user, TimePoint now);
    [[nodiscard]] bool bytes_received(const access::User& user, std::size_t bytes, TimePoint now);

    bool is_active(TimePoint now) const { return now < until_; }

    TimePoint until() const { return until_; }

private:
    bool wait_for(std::chrono::nanoseconds wait, TimePoint now);

    TimePoint until_{};
};

}  // namespace telex::server

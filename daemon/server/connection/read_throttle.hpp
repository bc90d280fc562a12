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

    // Call after each frame and each read. If what follows has to wait until(), is_active() is true
    // from now on, and `throttled` counts it.
    void frame_received(const access::User* user, TimePoint now, std::uint64_t& throttled) {
        if (applies_to(user)) {
            draw_frame(*user, now, throttled);
        }
    }

    void bytes_received(
        const access::User* user, std::size_t bytes, TimePoint now, std::uint64_t& throttled
    ) {
        if (applies_to(user)) {
            draw_bytes(*user, bytes, now, throttled);
        }
    }

    bool is_active(TimePoint now) const { return now < until_; }

    TimePoint until() const { return until_; }

private:
    void draw_frame(const access::User& user, TimePoint now, std::uint64_t& throttled);
    void draw_bytes(
        const access::User& user, std::size_t bytes, TimePoint now, std::uint64_t& throttled
    );
    void wait_for(std::chrono::nanoseconds wait, TimePoint now, std::uint64_t& throttled);

    TimePoint until_{};
};

}  // namespace telex::server

#pragma once
// Taking connections without dying or spinning when the kernel has none to give.
//
//   accept_one -> connection         hand it on, AcceptBackoff::on_success
//              -> again              wait for the next readiness
//              -> transient          that client gave up: try the next one
//              -> out_of_descriptors ReserveFd::shed_one, AcceptBackoff::on_failure, stop until
//              then
//              -> fatal              a bug or a closed listener: report it
#include "base/result.hpp"
#include "net/fd.hpp"
#include "net/peer.hpp"

#include <chrono>
#include <cstdint>

namespace telex::net {

struct Accepted {
    UniqueFd fd;  // NONBLOCK and CLOEXEC
    Peer peer;
};

enum class AcceptFailure : std::uint8_t { again, transient, out_of_descriptors, fatal };

struct AcceptStatus {
    AcceptFailure failure = AcceptFailure::fatal;
    int code = 0;  // errno
};

AcceptFailure classify_accept_error(int code);
[[nodiscard]] Result<Accepted, AcceptStatus> accept_one(int listen_fd);

// A descriptor kept in reserve so that, when none is left, one waiting client can still be told to
// go away instead of hanging in the backlog while the listener polls readable for ever.
//
// One per reactor. Another thread may snatch the freed number in between: then nobody is shed and
// the next call tries to rearm first.
class ReserveFd {
public:
    ReserveFd();
    // True when one connection was taken and closed.
    bool shed_one(int listen_fd);

    bool armed() const { return static_cast<bool>(fd_); }

private:
    bool rearm();

    UniqueFd fd_;
};

// How long a listener rests after failures: 10 ms, doubled each time up to 1 s. Pure.
class AcceptBackoff {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds kFirst{10};
    static constexpr std::chrono::milliseconds kLongest{1'000};

    // Returns when to accept again.
    TimePoint on_failure(TimePoint now);
    void on_success();

    bool resting(TimePoint now) const { return now < retry_at_; }

    TimePoint retry_at() const { return retry_at_; }

private:
    std::chrono::milliseconds next_ = kFirst;
    TimePoint retry_at_ = TimePoint::min();
};

}  // namespace telex::net

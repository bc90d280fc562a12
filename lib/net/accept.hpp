#pragma once
// Accepting connections without failing or spinning when resources run out.
//
//   accept_one -> connection         pass it on, AcceptBackoff::on_success
//              -> again              wait until the socket is readable
//              -> transient          that client gave up: try the next one
//              -> out_of_descriptors ReserveFd::shed_one, AcceptBackoff::on_failure, pause until
//              then
//              -> fatal              a bug or a closed listener: report it
#include "base/result.hpp"
#include "base/time.hpp"
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

// A spare descriptor: when none is left, it lets one waiting client be accepted and closed.
// Otherwise that client would hang in the backlog and the listener would stay readable.
//
// One per reactor. Another thread may take the freed number in between: then no client is shed and
// the next call first tries to rearm.
class ReserveFd {
public:
    ReserveFd();
    // Returns true if one connection was accepted and closed.
    bool shed_one(int listen_fd);

    bool armed() const { return static_cast<bool>(fd_); }

private:
    bool rearm();

    UniqueFd fd_;
};

// How long a listener pauses after failures: 10 ms, doubled each time up to 1 s. Pure.
class AcceptBackoff {
public:
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

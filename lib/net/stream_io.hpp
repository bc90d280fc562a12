#pragma once
// Reading and writing connected sockets: one system call each, its result sorted into four cases.
//
// Never blocks, never raises SIGPIPE. Descriptors that a unix peer attaches (SCM_RIGHTS) are
// dropped by the kernel, because no room is offered for them.
#include "base/bytes.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace telex::net {

enum class IoStatus : std::uint8_t {
    done,    // `bytes` moved, at least one unless nothing was asked
    again,   // nothing moved: wait for readiness
    closed,  // reading: the peer sent all it will; writing: the peer takes no more
    error,   // the connection is lost, `error` says why
};

struct [[nodiscard]] IoOutcome {
    IoStatus status = IoStatus::done;
    std::size_t bytes = 0;
    int error = 0;  // errno; also set where writing found the peer gone
};

// The most vectors that one send_some takes; more are left for the next call.
inline constexpr std::size_t kMaxVectors = 1'024;

// `room` must not be empty: an empty read would look like the end.
IoOutcome recv_some(int fd, std::span<char> room);
// Whether recv_some would return bytes, `again`, the end or an error. Takes nothing. For packet
// sockets, too.
IoOutcome peek(int fd);
IoOutcome send_some(int fd, const iovec* vectors, std::size_t count);

// One seqpacket message. A message that does not fit is the error EMSGSIZE (its rest is lost, so
// the frame is too); 0 bytes are the end, which is why telex forbids empty messages there.
IoOutcome recv_packet(int fd, std::span<char> room);
// An empty message is refused with EINVAL.
IoOutcome send_packet(int fd, const iovec* vectors, std::size_t count);

}  // namespace telex::net

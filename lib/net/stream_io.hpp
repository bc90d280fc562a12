#pragma once
// Reading and writing connected sockets: one system call each.
//
// Never blocks, never raises SIGPIPE. Descriptors that a unix peer attaches (SCM_RIGHTS) are
// dropped by the kernel, because no room is offered for them.
#include "base/io_result.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <span>

namespace telex::net {

// The most vectors that one send_some takes; more are left for the next call.
inline constexpr std::size_t kMaxVectors = 1'024;

// `room` must not be empty: an empty read would look like the end.
IoResult recv_some(int fd, std::span<char> room);
// Whether recv_some would return bytes, `wait_read`, the end or an error. Takes nothing. For packet
// sockets, too.
IoResult peek(int fd);
// Copies what recv_some would return into `room`, which must not be empty. Takes nothing.
IoResult peek_some(int fd, std::span<char> room);
IoResult send_some(int fd, const iovec* vectors, std::size_t count);

// One seqpacket message. A message that does not fit is `cut`; 0 bytes are the end, which is why
// telex forbids empty messages there.
IoResult recv_packet(int fd, std::span<char> room);
// An empty message is refused with EINVAL.
IoResult send_packet(int fd, const iovec* vectors, std::size_t count);

}  // namespace telex::net

#pragma once
// Datagrams in batches: recvmmsg in, sendmmsg out.
//
// A datagram that did not fit is reported as truncated and must not be taken as a frame.
// Descriptors that a unix peer attaches are closed on arrival. An empty datagram is a datagram.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/peer.hpp"
#include "net/socket_address.hpp"
#include "net/socket_error.hpp"
#include "net/stream_io.hpp"

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace telex::net {

// Asks for what DatagramReader reports: drop counts (UDP) and the senders' credentials (unix).
Result<void, SystemError> prepare_datagram_socket(int fd);

struct Datagram {
    ByteView bytes;
    const SocketAddress* from = nullptr;
    std::optional<Credentials> credentials;  // unix, as the kernel vouches
    bool truncated = false;                  // MSG_TRUNC: `bytes` is only its beginning
    bool control_truncated = false;          // MSG_CTRUNC: something attached was refused

    Peer peer() const { return peer_from(from->get(), from->length, credentials); }
};

// The buffers for one socket's reads; memory: batch * (max_bytes + ~250). One per socket and
// reactor, because the kernel's drop counter is one per socket.
class DatagramReader {
public:
    // `max_bytes`: the largest datagram that is taken whole.
    DatagramReader(std::size_t batch, std::size_t max_bytes);
    DatagramReader(const DatagramReader&) = delete;
    DatagramReader& operator=(const DatagramReader&) = delete;

    // What is there now, at most a batch; valid until the next read. Empty: wait for readiness. A
    // full batch: there may be more. The error is an errno; errors of earlier sends
    // (ECONNREFUSED) show up here too and concern no datagram.
    Result<std::span<const Datagram>, int> read(int fd);

    // Datagrams that the kernel threw away for want of room, since the socket was made; known as of
    // the last datagram (UDP).
    std::uint32_t kernel_drops() const { return kernel_drops_; }

private:
    // Room for the credentials and the drop count, and no more than that is needed.
    struct alignas(cmsghdr) Control {
        char bytes[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(std::uint32_t))];
    };

    void arm(std::size_t index);
    void take(std::size_t index);
    void take_control(msghdr& header, Datagram& out);

    std::size_t max_bytes_;
    std::vector<char> storage_;
    std::vector<iovec> vectors_;
    std::vector<SocketAddress> from_;
    std::vector<Control> control_;
    std::vector<mmsghdr> headers_;
    std::vector<Datagram> datagrams_;
    std::uint32_t kernel_drops_ = 0;
};

struct OutDatagram {
    const SocketAddress* to = nullptr;
    ByteView bytes;
};

// `again`: the socket's or the receiver's queue is full; nothing was sent.
IoOutcome send_to(int fd, const SocketAddress& to, ByteView bytes);

struct SendBatch {
    std::size_t sent = 0;  // the first so many went out
    int error = 0;         // why the next one did not; EAGAIN: full
};

// In order; stops at the first that fails, so that the caller decides about that one.
SendBatch send_batch(int fd, std::span<const OutDatagram> datagrams);

}  // namespace telex::net

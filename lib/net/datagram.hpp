#pragma once
// Datagrams in batches: recvmmsg in, sendmmsg out.
//
// The kernel may coalesce UDP datagrams of one size from one sender into a large one (UDP_GRO,
// Linux 5.0; see udp(7)), which costs it the work of one for up to 64. The reader splits them
// again.
//
// A datagram that did not fit is reported as truncated and must not be taken for a frame.
// Descriptors attached by a unix peer are closed on arrival. An empty datagram is a datagram.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/peer.hpp"
#include "net/socket_address.hpp"
#include "net/socket_error.hpp"
#include "net/stream_io.hpp"

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace telex::net {

// Enables what DatagramReader reports: drop counts and coalesced datagrams (UDP), the senders'
// credentials (unix). Kernels without coalescing are supported.
[[nodiscard]] Result<void, SystemError> prepare_datagram_socket(int fd);

struct Datagram {
    ByteView bytes;
    const SocketAddress* from = nullptr;
    std::optional<Credentials> credentials;  // unix, verified by the kernel
    bool truncated = false;                  // MSG_TRUNC: `bytes` is incomplete
    bool control_truncated = false;          // MSG_CTRUNC: ancillary data was dropped

    Peer peer() const { return peer_from(from->get(), from->length, credentials); }
};

// Returns whether a socket may deliver several datagrams as one.
enum class Coalescing : std::uint8_t { never, possible };

// The buffers for one socket's reads. Memory: batch * (max_bytes + ~250), or batch * 64 KiB if
// coalescing is possible, of which only used pages are resident. One per socket and reactor,
// because the kernel's drop counter is per socket.
class DatagramReader {
public:
    // `max_bytes`: size of the largest datagram that is not truncated.
    DatagramReader(
        std::size_t batch, std::size_t max_bytes, Coalescing coalescing = Coalescing::never
    );
    DatagramReader(const DatagramReader&) = delete;
    DatagramReader& operator=(const DatagramReader&) = delete;

    // Returns the available datagrams, valid until the next read; empty: wait until readable. The
    // error is an errno; errors of earlier sends (ECONNREFUSED) also appear here and concern no
    // datagram.
    [[nodiscard]] Result<std::span<const Datagram>, int> read(int fd);

    // Returns whether the last read filled the batch, so that more may be available.
    bool batch_was_full() const { return full_; }

    // Datagrams that the kernel dropped for lack of buffer space since the socket was made, as of
    // the last datagram (UDP).
    std::uint32_t kernel_drops() const { return kernel_drops_; }

private:
    // Space for the credentials, or the drop count and the segment size.
    struct alignas(cmsghdr) Control {
        char bytes[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(std::uint32_t))];
    };

    void arm(std::size_t index);
    void take(std::size_t index);
    // Returns the segment size of coalesced datagrams, or 0.
    std::size_t take_control(msghdr& header, Datagram& out);
    void split(const Datagram& whole, ByteView bytes, std::size_t segment);

    std::size_t max_bytes_;
    std::size_t slot_bytes_;
    // Not initialised: an unused page costs no memory.
    std::unique_ptr<char[]> storage_;
    std::vector<iovec> vectors_;
    std::vector<SocketAddress> from_;
    std::vector<Control> control_;
    std::vector<mmsghdr> headers_;
    std::vector<Datagram> datagrams_;
    std::uint32_t kernel_drops_ = 0;
    bool full_ = false;
};

struct OutDatagram {
    const SocketAddress* to = nullptr;
    ByteView bytes;
};

// `wait_write`: the queue of the socket or the receiver is full; nothing was sent.
IoResult send_to(int fd, const SocketAddress& to, ByteView bytes);

struct SendBatch {
    std::size_t sent = 0;  // number of datagrams sent, from the first
    int error = 0;         // why the next one failed; EAGAIN: queue full
};

// Sends in order and stops at the first failure, so that the caller decides about that datagram.
SendBatch send_batch(int fd, std::span<const OutDatagram> datagrams);

}  // namespace telex::net

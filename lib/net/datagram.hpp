#pragma once
// Datagrams in batches: recvmmsg in, sendmmsg out.
//
// UDP datagrams of one size that one sender sent at once may come coalesced into one large one
// (UDP_GRO, Linux 5.0; see udp(7)): the kernel then does its work once for up to 64 of them. The
// reader takes them apart again, so that nobody else has to know.
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
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace telex::net {

// Asks for what DatagramReader reports: drop counts and coalesced datagrams (UDP), the senders'
// credentials (unix). A kernel that cannot coalesce just does not.
[[nodiscard]] Result<void, SystemError> prepare_datagram_socket(int fd);

struct Datagram {
    ByteView bytes;
    const SocketAddress* from = nullptr;
    std::optional<Credentials> credentials;  // unix, as the kernel vouches
    bool truncated = false;                  // MSG_TRUNC: `bytes` is only its beginning
    bool control_truncated = false;          // MSG_CTRUNC: something attached was refused

    Peer peer() const { return peer_from(from->get(), from->length, credentials); }
};

// Whether a socket may hand over several datagrams as one.
enum class Coalescing : std::uint8_t { never, possible };

// The buffers for one socket's reads; memory: batch * (max_bytes + ~250), or batch * 64 KiB where
// coalescing is possible, of which only what was used is resident. One per socket and reactor,
// because the kernel's drop counter is one per socket.
class DatagramReader {
public:
    // `max_bytes`: the largest datagram that is taken whole.
    DatagramReader(
        std::size_t batch, std::size_t max_bytes, Coalescing coalescing = Coalescing::never
    );
    DatagramReader(const DatagramReader&) = delete;
    DatagramReader& operator=(const DatagramReader&) = delete;

    // What is there now; valid until the next read. Empty: wait for readiness. The error is an
    // errno; errors of earlier sends (ECONNREFUSED) show up here too and concern no datagram.
    [[nodiscard]] Result<std::span<const Datagram>, int> read(int fd);

    // Whether the last read filled the batch, so that there may be more.
    bool batch_was_full() const { return full_; }

    // Datagrams that the kernel threw away for want of room, since the socket was made; known as of
    // the last datagram (UDP).
    std::uint32_t kernel_drops() const { return kernel_drops_; }

private:
    // Room for the credentials, or the drop count and the segments' size, and no more.
    struct alignas(cmsghdr) Control {
        char bytes[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(std::uint32_t))];
    };

    void arm(std::size_t index);
    void take(std::size_t index);
    // Returns the size of the datagrams that were coalesced, 0 for none.
    std::size_t take_control(msghdr& header, Datagram& out);
    void split(const Datagram& whole, ByteView bytes, std::size_t segment);

    std::size_t max_bytes_;
    std::size_t slot_bytes_;
    // Not initialised: a page that no datagram ever reached costs no memory.
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

// `again`: the socket's or the receiver's queue is full; nothing was sent.
IoOutcome send_to(int fd, const SocketAddress& to, ByteView bytes);

struct SendBatch {
    std::size_t sent = 0;  // the first so many went out
    int error = 0;         // why the next one did not; EAGAIN: full
};

// In order; stops at the first that fails, so that the caller decides about that one.
SendBatch send_batch(int fd, std::span<const OutDatagram> datagrams);

}  // namespace telex::net

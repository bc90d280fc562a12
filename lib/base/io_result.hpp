#pragma once
// The result of one non-blocking operation on a stream: a read, a write or a TLS handshake.
#include <cstddef>
#include <cstdint>

namespace telex {

enum class IoStatus : std::uint8_t {
    done,        // `bytes` were moved, at least one unless nothing was asked for
    wait_read,   // nothing was moved: repeat when the descriptor is readable
    wait_write,  // nothing was moved: repeat when the descriptor is writable
    end,         // read: the peer has finished sending; write: the peer receives no more
    cut,         // read: a packet was larger than the buffer, its rest is lost
    error,       // the stream is broken, see `error`
};

struct [[nodiscard]] IoResult {
    IoStatus status = IoStatus::done;
    std::size_t bytes = 0;
    int error = 0;  // errno, also for the end of a write

    bool must_wait() const {
        return status == IoStatus::wait_read || status == IoStatus::wait_write;
    }
};

}  // namespace telex

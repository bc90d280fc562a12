#pragma once
// A connected, non-blocking stream of bytes or packets, as a connection uses it: sockets, plain or
// with TLS; a pair in memory with injected faults in the tests.
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace telex::server {

struct [[nodiscard]] IoResult {
    enum class Status : std::uint8_t {
        done,   // `bytes` were moved
        again,  // nothing can be moved now; readiness will be told
        end,    // read: the peer has finished sending
        cut,    // read: a packet was larger than the buffer
        error,  // the stream is broken; `error` says why
    };
    Status status = Status::done;
    std::size_t bytes = 0;
    int error = 0;
};

struct StreamFailure {
    std::string text;
    bool foreign = false;  // the peer speaks something else
};

class ByteStream {
public:
    virtual ~ByteStream() = default;

    // False: handshake() is to be called, at once and whenever the stream is ready, until it is
    // done; before that nothing can be read or written.
    virtual bool established() const { return true; }

    virtual IoResult handshake() { return {}; }

    // What the poller watches.
    virtual int descriptor() const = 0;
    // True: each read gives one packet, each write sends one.
    virtual bool keeps_packets() const = 0;
    // The largest packet that can be written; for byte streams the largest number.
    virtual std::size_t max_packet() const = 0;
    virtual IoResult read(char* buffer, std::size_t size) = 0;

    // After a read that did not fill its buffer: that there is no more until readiness is told.
    virtual bool short_read_is_all() const { return !keeps_packets(); }

    // The last read ended in `again` and is to be repeated when the stream becomes writable.
    virtual bool read_waits_to_write() const { return false; }

    // Gathers; at most kMaxVectors vectors.
    virtual IoResult write(const iovec* vectors, std::size_t count) = 0;

    // Of what was written: what the peer's system has not taken yet, as the kernel counts it (with
    // its own overhead where it has some). 0 where that is not known.
    virtual std::size_t untaken() const { return 0; }

    // Tells the peer that nothing more comes; reading goes on.
    virtual void finish_writing() = 0;

    // After `error`, where the stream knows more than the error's number.
    virtual StreamFailure failure() const { return {}; }

    // What the stream itself holds, beside the socket; changes with established().
    virtual std::size_t memory() const { return 0; }

    // Once established: how the stream is protected, for the log; empty for not at all.
    virtual std::string security() const { return {}; }

    // "TLSv1.3"; empty without TLS.
    virtual std::string_view tls_version() const { return {}; }

    // Once established: the name in the certificate that the peer has shown; empty for none.
    virtual std::string certificate_name() const { return {}; }

    // Once established: what only the two ends of a secured stream know; empty without security.
    virtual std::string channel_binding() const { return {}; }
};

// The kernel's own bound on one sendmsg (IOV_MAX).
inline constexpr std::size_t kMaxVectors = 1024;

}  // namespace telex::server

#pragma once
// A connected, non-blocking stream of bytes or packets: a socket, plain or with TLS; in tests a
// pair in memory with injected faults.
#include "base/bytes.hpp"
#include "base/io_result.hpp"
#include "broker/close_reason.hpp"
#include "web/upgrade_refusal.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::server {

struct StreamFailure {
    std::string text;
    bool other_protocol = false;  // the peer speaks another protocol
    // The handshake failed, or has not ended, with the upgrade to WebSocket.
    std::optional<web::UpgradeFault> upgrade{};
    // Nothing more can be read, but the peer still receives what is written.
    bool only_input = false;
};

// Where a stream writes what it has to say itself, between two frames of the connection.
class StreamOutput {
public:
    virtual void write_between_frames(ByteView bytes) = 0;

protected:
    ~StreamOutput() = default;
};

// Whether the socket's peer is the stream's peer.
enum class Forwarding : std::uint8_t {
    none,
    itself,   // it is a proxy, which has connected for itself, to check the daemon
    named,    // the socket's peer is a proxy, which has named the stream's peer
    unnamed,  // and the peer that it forwards is unknown
};

class ByteStream {
public:
    virtual ~ByteStream() = default;

    // If false, call handshake() at once and whenever the stream is ready, until it is done.
    // Nothing can be read or written before.
    virtual bool established() const { return true; }

    virtual IoResult handshake() { return {}; }

    // Before the first handshake(), which then writes these bytes in plain text before those of the
    // handshake. Only on a stream that begins with the handshake of TLS.
    virtual void start_in_plain(const std::string& /*bytes*/) {}

    // If `named` or `unnamed`, facts of the kernel about the socket's peer do not concern the
    // stream's peer.
    virtual Forwarding forwarding() const { return Forwarding::none; }

    // For the poller.
    virtual int descriptor() const = 0;
    // Returns true if each read returns one packet and each write sends one.
    virtual bool keeps_packets() const = 0;
    // The largest packet that can be written; the maximum for byte streams.
    virtual std::size_t max_packet() const = 0;
    // May be done without a byte: it has read something that only the stream understands.
    virtual IoResult read(char* buffer, std::size_t size) = 0;

    // Whether read() would return bytes (`done`) or wait, the end or an error. Takes nothing.
    virtual IoResult peek() = 0;

    // Returns true if a read that did not fill its buffer has emptied the stream.
    virtual bool short_read_is_all() const { return !keeps_packets(); }

    // The last read returned `wait_write`.
    virtual bool read_waits_to_write() const { return false; }

    // Writes up to net::kMaxVectors vectors.
    virtual IoResult write(const iovec* vectors, std::size_t count) = 0;

    // Written bytes that the peer's system has not acknowledged, as counted by the kernel, possibly
    // with its overhead. 0 if unknown.
    virtual std::size_t untaken() const { return 0; }

    // Once, before anything else. `output` outlives the stream.
    virtual void set_output(StreamOutput& /*output*/) {}

    // Returns the last bytes to write before finish_writing(): the stream's own words for the end.
    virtual std::string farewell(broker::CloseReason /*reason*/) { return {}; }

    // Shuts the sending side; reading continues.
    virtual void finish_writing() = 0;

    // Details after `error`, if there are any beyond its number.
    virtual StreamFailure failure() const { return {}; }

    // Memory of the stream beside the socket; changes with established().
    virtual std::size_t memory() const { return 0; }

    // Once established: its protection, for the log; empty if there is none.
    virtual std::string security() const { return {}; }

    // "TLSv1.3"; empty without TLS.
    virtual std::string_view tls_version() const { return {}; }

    // Once established: the name in the peer's certificate; empty if there is none.
    virtual std::string certificate_name() const { return {}; }

    // Once established: a value known only to both ends of an encrypted stream; else empty.
    virtual std::string channel_binding() const { return {}; }
};

}  // namespace telex::server

#pragma once
// An exchange of a test's own making: accepts connections on loopback and speaks v1::Frame exactly
// as the test says, step by step, on the test's thread. Every wait ends after ten seconds in a
// failed expectation (an exception, which ends the test), so that no fault of a client hangs a test
// run.
#include "telex/v1/telex.pb.h"

#include <cstdint>
#include <string>
#include <vector>

namespace telex::test {

// One accepted connection. Move-only; closes its socket.
class FakePeer {
public:
    explicit FakePeer(int fd) : fd_(fd) {}

    FakePeer(FakePeer&& other) noexcept;
    FakePeer& operator=(FakePeer&& other) noexcept;

    ~FakePeer() { close(); }

    // The next frame of the client. Throws at the end of the stream and after ten seconds.
    v1::Frame read();
    // Reads on until a frame of this control case comes, and returns it.
    v1::Frame read_until(v1::Frame::ControlCase control);
    // Nothing more comes: the client closed, or closed its sending side.
    bool at_end();
    // No complete frame is here now, nor within this time.
    bool silent_for(int milliseconds);

    void send(const v1::Frame& frame);
    void send_bytes(const std::string& bytes);

    // Reads Hello and returns it; answers Welcome with usual limits, changed by `limits`.
    v1::Hello welcome(const v1::Limits& limits = {});
    // Reads a Subscribe, confirms it and returns it.
    v1::Subscribe confirm_subscribe();
    void deliver(
        std::uint64_t subscription,
        const std::string& subject,
        const std::string& payload,
        const std::string& reply_to = {}
    );
    void send_error(v1::ErrorCode code, bool closing, std::uint64_t subscription = 0);
    void answer_flush();
    void goodbye(bool reconnect);

    void close();
    // As a process that is killed while bytes for it are under way: the client sees a reset.
    void reset();
    // From now on the kernel takes as little as it can for us.
    void shrink_receive_buffer();

private:
    bool fill(int timeout_ms);
    bool parse_buffered(v1::Frame& frame);

    int fd_ = -1;
    std::string input_;
};

class FakeServer {
public:
    enum class Kind : std::uint8_t { tcp, unix_stream };

    // Port 0, or a socket in a new temporary folder.
    explicit FakeServer(Kind kind = Kind::tcp);
    FakeServer(const FakeServer&) = delete;
    FakeServer& operator=(const FakeServer&) = delete;
    ~FakeServer();

    const std::string& url() const { return url_; }

    int port() const { return port_; }

    FakePeer accept();
    // A connection waits to be accepted.
    bool has_visitor() const;
    // accept() and FakePeer::welcome().
    FakePeer accept_client(const v1::Limits& limits = {});
    // Refuses connections until listen() is called again, on the same address.
    void stop_listening();
    void listen();

private:
    Kind kind_;
    int fd_ = -1;
    int port_ = 0;
    std::string folder_;
    std::string url_;
};

// A loopback address without a listener.
std::string dead_url();

// A loopback address where the kernel drops what comes, as a firewall does: its queue is full.
class SilentServer {
public:
    SilentServer();
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;
    ~SilentServer();

    int port() const { return port_; }

private:
    int port_ = 0;  // before fd_, which sets it
    int fd_ = -1;
    int filler_ = -1;
};

}  // namespace telex::test

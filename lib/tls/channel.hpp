#pragma once
// TLS over one connected, non-blocking socket: handshake, read, write, end.
//
// An operation that waits for the socket is repeated when it is ready, with the same bytes (they
// may have moved, and more may follow). After `error`, which failure() explains, the channel is
// unusable; the peer was sent an alert if one exists (RFC 8446, 6).
//
// Owned by the connection, whose socket outlives it. One thread at any time.
#include "base/io_result.hpp"
#include "tls/context.hpp"

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace telex::tls {

struct PeerCertificate;

class Channel {
public:
    enum class Side : std::uint8_t { server, client };

    // Throws std::bad_alloc.
    Channel(ContextPtr context, int fd, Side side);
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    // Client, before the handshake: requires a certificate for this host name or address and sends
    // the name to the server (SNI).
    void expect_server(const std::string& name);

    IoResult handshake();
    // Fills the buffer with received bytes, across records.
    IoResult read(char* buffer, std::size_t size);
    // Whether read() would return bytes (`done`), the end or an error. Takes no bytes.
    IoResult peek();
    IoResult write(const char* bytes, std::size_t size);
    // Sends close_notify, if the socket takes it.
    void finish();

    // Returns whether the last read took everything that had arrived.
    bool drained() const { return drained_; }

    const std::string& failure() const { return failure_; }

    // Returns whether the handshake failed because the peer's first bytes were not TLS.
    bool peer_uses_other_protocol() const { return peer_uses_other_protocol_; }

    // After the handshake: "TLSv1.3"; empty if none was negotiated.
    std::string_view version() const { return SSL_get_version(ssl_.get()); }

    // After the handshake: 32 bytes that only both ends can derive (RFC 9266, `tls-exporter`).
    std::string binding() const;

    // After the handshake. Empty if the peer sent no certificate.
    PeerCertificate peer_certificate() const;

private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    // Notes what is wrong with a certificate of the peer, while it is at hand.
    static int watch_verification(int good, X509_STORE_CTX* store);
    static void watch_messages(
        int written,
        int version,
        int type,
        const void* bytes,
        std::size_t size,
        SSL* ssl,
        void* self
    );

    IoResult fail(std::string why);
    IoResult explain(int result, const char* otherwise);
    bool too_many_key_updates() const;

    ContextPtr context_;
    std::unique_ptr<SSL, Free> ssl_;
    std::string failure_;
    std::string certificate_failure_;
    bool drained_ = false;
    bool peer_uses_other_protocol_ = false;
    std::uint64_t received_bytes_ = 0;
    std::uint64_t key_updates_ = 0;
};

}  // namespace telex::tls

#pragma once
// TLS over one connected, non-blocking socket: handshake, read, write, end.
//
// A step that wants the socket to become readable or writable is repeated when it is, with the same
// bytes (they may have moved, and more may follow them). After `error` nothing more can be done;
// the peer has been sent an alert where there is one for it (RFC 8446, 6).
//
// Owner: the connection, whose socket outlives it. Thread: one at a time.
#include "tls/context.hpp"

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace telex::tls {

struct PeerCertificate;

struct [[nodiscard]] Step {
    enum class Kind : std::uint8_t {
        done,         // `bytes` were moved, or the handshake is over
        wants_read,   // to be repeated when the socket is readable
        wants_write,  // ... writable
        end,          // read: the peer said that nothing more comes
        error,        // failure() says why
    };
    Kind kind = Kind::done;
    std::size_t bytes = 0;
};

class Channel {
public:
    enum class Side : std::uint8_t { server, client };

    // Throws std::bad_alloc without memory.
    Channel(ContextPtr context, int fd, Side side);
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    // Client, before the handshake: the certificate must be for this host name or address, and the
    // server is told which one is meant.
    void expect_server(const std::string& name);

    Step handshake();
    // Fills the buffer with what has arrived, over as many records as it takes.
    Step read(char* buffer, std::size_t size);
    Step write(const char* bytes, std::size_t size);
    // Tells the peer that nothing more comes, if the socket takes it.
    void finish();

    // The last read took all that has arrived.
    bool drained() const { return drained_; }

    const std::string& failure() const { return failure_; }

    // The handshake failed because the peer's first bytes were not TLS.
    bool peer_is_foreign() const { return peer_is_foreign_; }

    // After the handshake: "TLSv1.3"; empty when none was agreed.
    std::string_view version() const { return SSL_get_version(ssl_.get()); }

    // After the handshake: 32 bytes that both ends and nobody else can derive (RFC 9266,
    // `tls-exporter`).
    std::string binding() const;

    // After the handshake. Empty when the peer showed none.
    PeerCertificate peer_certificate() const;

private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    static void watch_messages(
        int written,
        int version,
        int type,
        const void* bytes,
        std::size_t size,
        SSL* ssl,
        void* self
    );

    Step fail(std::string why);
    Step explain(int result, const char* otherwise);
    bool too_many_key_updates() const;

    ContextPtr context_;
    std::unique_ptr<SSL, Free> ssl_;
    std::string failure_;
    bool drained_ = false;
    bool peer_is_foreign_ = false;
    std::uint64_t received_bytes_ = 0;
    std::uint64_t key_updates_ = 0;
};

}  // namespace telex::tls

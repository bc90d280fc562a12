#pragma once
// Settings that all TLS connections of one kind share: certificate, key, trust, versions.
//
// For both sides: at least TLS 1.2; no renegotiation, compression or early data, and no resumption,
// which would need keys that outlive a connection (connections here live long).
//
// Shared; connections keep it alive. Any thread once constructed.
#include "base/result.hpp"
#include "tls/certificate_facts.hpp"

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace telex::tls {

enum class Version : std::uint8_t { tls12, tls13 };

class Context {
public:
    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };

    using Handle = std::unique_ptr<SSL_CTX, Free>;

    // `handle` is complete.
    explicit Context(Handle handle, std::string alpn);

    SSL_CTX* get() const { return handle_.get(); }

    // Facts about its own certificate; empty without one.
    const CertificateFacts& certificate() const { return certificate_; }

    // Contexts with equal values present the same certificate chain, or trust the same authorities
    // (trust_authorities).
    const std::string& certificate_digest() const { return certificate_digest_; }

    const std::string& authorities_digest() const { return authorities_digest_; }

    // Length-prefixed, as on the wire; empty for none.
    const std::string& alpn() const { return alpn_; }

private:
    Handle handle_;
    std::string alpn_;
    CertificateFacts certificate_;
    std::string certificate_digest_;
    std::string authorities_digest_;
};

using ContextPtr = std::shared_ptr<const Context>;

// Common settings of both sides. Returns null if memory is short.
Context::Handle make_context(const SSL_METHOD* method, Version min_version);

// A PEM file with the certificate and its chain, and one with its private key (not encrypted),
// which other users must not be able to read unless `key_may_be_open`. Errors name the file.
[[nodiscard]] Result<void, std::string> use_certificate(
    SSL_CTX* context,
    const std::string& certificate,
    const std::string& key,
    bool key_may_be_open = false
);

// PEM files with certificates of authorities.
[[nodiscard]] Result<void, std::string> trust_authorities(
    SSL_CTX* context, const std::string& file
);

// "\5telex" of "telex".
std::string alpn_list(std::string_view protocol);

}  // namespace telex::tls

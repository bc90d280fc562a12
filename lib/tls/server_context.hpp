#pragma once
// The certificate that a listener presents, and which clients it accepts.
#include "tls/context.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace telex::tls {

// Whether a client certificate is requested.
enum class ClientCertificate : std::uint8_t {
    none,
    optional,  // a certificate that is sent must be valid
    required,
};

struct ServerOptions {
    std::string certificate;  // file: the server's certificate, then its chain
    std::string key;          // file
    // Users other than the owner and the group of the file may read the key, too.
    bool key_may_be_open = false;
    std::string client_ca;  // file: authorities of client certificates; empty: none is requested
    // Defaults to required with a client_ca, else none.
    std::optional<ClientCertificate> client_certificate;
    Version min_version = Version::tls12;
    // The protocol of this port, for clients with ALPN (RFC 7301); clients that offer only others
    // are rejected. Empty: any.
    std::string protocol;
};

// Reads the files. Errors name the file.
[[nodiscard]] Result<ContextPtr, std::string> make_server_context(const ServerOptions& options);

}  // namespace telex::tls

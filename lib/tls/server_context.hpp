#pragma once
// What a listener shows its clients, and which of them it takes.
#include "tls/context.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace telex::tls {

// What is asked of a client.
enum class ClientCertificate : std::uint8_t {
    none,
    optional,  // one that is shown must be good
    required,
};

struct ServerOptions {
    std::string certificate;  // file: the server's own, then those between it and its root
    std::string key;          // file
    std::string client_ca;    // file: whose client certificates are taken; empty: none is asked for
    // Not set: required where there is a client_ca, else none.
    std::optional<ClientCertificate> client_certificate;
    Version min_version = Version::tls12;
    // What this port speaks, for clients that ask for a protocol (ALPN, RFC 7301); those that ask
    // for others are refused. Empty: nobody is asked.
    std::string protocol;
};

// Reads the files. Errors: texts that name the file.
[[nodiscard]] Result<ContextPtr, std::string> make_server_context(const ServerOptions& options);

}  // namespace telex::tls

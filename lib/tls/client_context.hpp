#pragma once
// Which servers a client accepts, and the certificate it presents.
#include "tls/context.hpp"

#include <string>

namespace telex::tls {

struct ClientOptions {
    // File with the trusted authorities; empty: the system's.
    std::string ca;
    // PeerCertificate::key_pin of the expected server. Without `ca` it replaces authorities and
    // name: the holder of that key is trusted.
    std::string key_pin;
    // Files of the client's certificate and key; empty for none.
    std::string certificate;
    std::string key;
    Version min_version = Version::tls12;
    std::string protocol;  // as in ServerOptions
};

// Reads the files. Errors name the file.
[[nodiscard]] Result<ContextPtr, std::string> make_client_context(const ClientOptions& options);

}  // namespace telex::tls

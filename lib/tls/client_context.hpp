#pragma once
// Which servers a client takes, and what it shows them.
#include "tls/context.hpp"

#include <string>

namespace telex::tls {

struct ClientOptions {
    // File with the authorities to trust; empty: those of the system.
    std::string ca;
    // PeerCertificate::key_pin of the one server that is meant. Without `ca` it takes the place of
    // authorities and name: whoever holds that key is trusted.
    std::string key_pin;
    // Files of the client's own certificate and its key; empty for none.
    std::string certificate;
    std::string key;
    Version min_version = Version::tls12;
    std::string protocol;  // as in ServerOptions
};

// Reads the files. Errors: texts that name the file.
[[nodiscard]] Result<ContextPtr, std::string> make_client_context(const ClientOptions& options);

}  // namespace telex::tls

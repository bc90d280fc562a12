#include "tls/client_context.hpp"

#include "tls/openssl_error.hpp"

namespace telex::tls {

namespace {

[[nodiscard]] Result<void, std::string> trust(SSL_CTX* context, const ClientOptions& options) {
    const bool by_key_alone = options.ca.empty() && !options.key_pin.empty();
    if (by_key_alone) {
        // The user of the channel compares the key after the handshake.
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
        return {};
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (!options.ca.empty()) {
        return trust_authorities(context, options.ca);
    }
    if (SSL_CTX_set_default_verify_paths(context) != 1) {
        return unexpected(take_error("cannot read the system's authorities"));
    }
    return {};
}

}  // namespace

Result<ContextPtr, std::string> make_client_context(const ClientOptions& options) {
    Context::Handle handle = make_context(TLS_client_method(), options.min_version);
    if (!handle) {
        return unexpected(take_error("out of memory for TLS"));
    }
    if (auto trusted = trust(handle.get(), options); !trusted) {
        return unexpected(std::move(trusted.error()));
    }
    if (!options.certificate.empty()) {
        if (auto used = use_certificate(handle.get(), options.certificate, options.key); !used) {
            return unexpected(std::move(used.error()));
        }
    }
    std::string alpn = alpn_list(options.protocol);
    if (!alpn.empty()) {
        SSL_CTX_set_alpn_protos(
            handle.get(),
            reinterpret_cast<const unsigned char*>(alpn.data()),
            static_cast<unsigned int>(alpn.size())
        );
    }
    return ContextPtr(std::make_shared<Context>(std::move(handle), std::move(alpn)));
}

}  // namespace telex::tls

#include "tls/server_context.hpp"

#include "tls/openssl_error.hpp"

#include <string_view>

namespace telex::tls {

namespace {

int choose_protocol(
    SSL* /*ssl*/,
    const unsigned char** chosen,
    unsigned char* chosen_size,
    const unsigned char* offered,
    unsigned int offered_size,
    void* spoken
) {
    const auto& own = *static_cast<const std::string*>(spoken);
    unsigned char* match = nullptr;
    const int result = SSL_select_next_proto(
        &match,
        chosen_size,
        reinterpret_cast<const unsigned char*>(own.data()),
        static_cast<unsigned int>(own.size()),
        offered,
        offered_size
    );
    *chosen = match;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

[[nodiscard]] Result<void, std::string> ask_for_certificates(
    SSL_CTX* context, const ServerOptions& options
) {
    const auto unless_said =
        options.client_ca.empty() ? ClientCertificate::none : ClientCertificate::required;
    const ClientCertificate asked = options.client_certificate.value_or(unless_said);
    if (asked == ClientCertificate::none) {
        return {};
    }
    if (auto trusted = trust_authorities(context, options.client_ca); !trusted) {
        return trusted;
    }
    // The authorities' names help a client with several certificates to choose.
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(options.client_ca.c_str()));
    int mode = SSL_VERIFY_PEER;
    if (asked == ClientCertificate::required) {
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }
    SSL_CTX_set_verify(context, mode, nullptr);
    return {};
}

}  // namespace

Result<ContextPtr, std::string> make_server_context(const ServerOptions& options) {
    Context::Handle handle = make_context(TLS_server_method(), options.min_version);
    if (!handle) {
        return unexpected(take_error("out of memory for TLS"));
    }
    if (auto used = use_certificate(
            handle.get(), options.certificate, options.key, options.key_may_be_open
        );
        !used) {
        return unexpected(std::move(used.error()));
    }
    if (auto asked = ask_for_certificates(handle.get(), options); !asked) {
        return unexpected(std::move(asked.error()));
    }
    SSL_CTX* const context = handle.get();
    // No key exchange by RSA, with which a stolen key would decrypt recorded connections.
    if (SSL_CTX_set_cipher_list(context, "DEFAULT:!kRSA") != 1) {
        return unexpected(take_error("no ciphers with forward secrecy"));
    }
    auto made = std::make_shared<Context>(std::move(handle), alpn_list(options.protocol));
    if (!made->alpn().empty()) {
        // Owned by the context, like the callback.
        SSL_CTX_set_alpn_select_cb(
            context, choose_protocol, const_cast<std::string*>(&made->alpn())
        );
    }
    return ContextPtr(std::move(made));
}

}  // namespace telex::tls

#include "tls/context.hpp"

#include "tls/openssl_error.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace telex::tls {

namespace {

// Maximum size of a peer's certificates in bytes, and maximum length of its chain.
constexpr long kMaxPeerCertificates = 64L << 10;
constexpr int kMaxChain = 8;

std::string with_name(const std::string& file, const std::string& what) {
    return "'" + file + "': " + what;
}

// OpenSSL reports neither the failed call nor the cause when a file cannot be opened.
[[nodiscard]] Result<void, std::string> check_file(const std::string& file, bool secret) {
    struct stat facts{};
    if (::stat(file.c_str(), &facts) != 0 || ::access(file.c_str(), R_OK) != 0) {
        return unexpected(with_name(file, std::generic_category().message(errno)));
    }
    if (!S_ISREG(facts.st_mode)) {
        return unexpected(with_name(file, "is not a regular file"));
    }
    if (secret && (facts.st_mode & (S_IROTH | S_IWOTH)) != 0) {
        return unexpected(with_name(file, "contains a private key and is accessible to all users"));
    }
    return {};
}

std::string digest_of(const X509& certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) {
        return {};
    }
    return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string digest_of_chain(SSL_CTX* context) {
    std::string digests;
    STACK_OF(X509)* chain = nullptr;
    if (SSL_CTX_get0_chain_certs(context, &chain) == 1) {
        for (int i = 0; i < sk_X509_num(chain); ++i) {
            digests += digest_of(*sk_X509_value(chain, i));
        }
    }
    return digests;
}

// Call it before the context is shared: its store has no lock here.
std::string digest_of_authorities(const SSL_CTX* context) {
    std::string digests;
    const STACK_OF(X509_OBJECT)* const objects =
        X509_STORE_get0_objects(SSL_CTX_get_cert_store(context));
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
        const X509* const authority = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (authority != nullptr) {
            digests += digest_of(*authority);
        }
    }
    return digests;
}

// Never prompts on the terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
    return -1;
}

}  // namespace

Context::Context(Handle handle, std::string alpn)
    : handle_(std::move(handle)), alpn_(std::move(alpn)) {
    if (const X509* const own = SSL_CTX_get0_certificate(get()); own != nullptr) {
        certificate_ = facts_of(*own);
        certificate_digest_ = digest_of(*own) + digest_of_chain(get());
    }
    authorities_digest_ = digest_of_authorities(get());
}

Context::Handle make_context(const SSL_METHOD* method, Version min_version) {
    Context::Handle handle(SSL_CTX_new(method));
    SSL_CTX* const context = handle.get();
    if (context == nullptr) {
        return handle;
    }
    const int least = min_version == Version::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX_set_min_proto_version(context, least);
    SSL_CTX_set_options(
        context,
        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
            SSL_OP_CIPHER_SERVER_PREFERENCE
    );
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    // Frees the buffers of idle connections. A write may move and may be partial: the blocks of
    // waiting bytes come and go.
    SSL_CTX_set_mode(
        context,
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    );
    // Reads everything that has arrived, not only the required record: closing a socket with unread
    // bytes resets the connection, and the alert with the reason is lost.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_max_cert_list(context, kMaxPeerCertificates);
    SSL_CTX_set_verify_depth(context, kMaxChain);
    SSL_CTX_set_default_passwd_cb(context, no_password);
    return handle;
}

Result<void, std::string> use_certificate(
    SSL_CTX* context, const std::string& certificate, const std::string& key, bool key_may_be_open
) {
    if (auto readable = check_file(certificate, false); !readable) {
        return readable;
    }
    if (auto readable = check_file(key, !key_may_be_open); !readable) {
        return readable;
    }
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
        return unexpected(with_name(certificate, take_error("contains no certificate")));
    }
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return unexpected(with_name(key, take_error("contains no private key")));
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        return unexpected(with_name(key, take_error("does not match the certificate")));
    }
    return {};
}

Result<void, std::string> trust_authorities(SSL_CTX* context, const std::string& file) {
    if (auto readable = check_file(file, false); !readable) {
        return readable;
    }
    if (SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
        return unexpected(with_name(file, take_error("contains no certificate")));
    }
    return {};
}

std::string alpn_list(std::string_view protocol) {
    std::string list;
    if (!protocol.empty()) {
        list += static_cast<char>(protocol.size());
        list += protocol;
    }
    return list;
}

}  // namespace telex::tls

#include "tls/channel.hpp"

#include "tls/certificate_failure.hpp"
#include "tls/openssl_error.hpp"
#include "tls/peer_certificate.hpp"
#include "tls/socket_bio.hpp"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <new>
#include <utility>

namespace telex::tls {

namespace {

// A key update costs its receiver more than its sender. Peers change keys after some 2^24 records
// (RFC 8446, 5.5); this allows far more and still bounds the cost per byte.
constexpr std::uint64_t kFreeKeyUpdates = 16;
constexpr std::uint64_t kBytesForAKeyUpdate = 1U << 20U;

constexpr std::size_t kReadBufferBytes = 64U << 10U;

}  // namespace

Channel::Channel(ContextPtr context, int fd, Side side)
    : context_(std::move(context)), ssl_(SSL_new(context_->get())) {
    BIO* const bio = ssl_ ? make_socket_bio(fd) : nullptr;
    if (bio == nullptr) {
        ERR_clear_error();
        throw std::bad_alloc();
    }
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_msg_callback(ssl_.get(), watch_messages);
    SSL_set_msg_callback_arg(ssl_.get(), this);
    SSL_set_ex_data(ssl_.get(), 0, this);
    SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), watch_verification);
    if (side == Side::server) {
        SSL_set_accept_state(ssl_.get());
    } else {
        SSL_set_connect_state(ssl_.get());
    }
}

void Channel::expect_server(const std::string& name) {
    X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl_.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) == 1) {
        return;  // an address is not a server name (RFC 6066, 3)
    }
    ERR_clear_error();
    SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl_.get(), name.c_str());
    // SSL_set_tlsext_host_name, whose macro uses C casts.
    SSL_ctrl(
        ssl_.get(),
        SSL_CTRL_SET_TLSEXT_HOSTNAME,
        TLSEXT_NAMETYPE_host_name,
        const_cast<char*>(name.c_str())
    );
}

IoResult Channel::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result != 1) {
        return explain(result, "the peer closed during the handshake");
    }
    // Read several records per call, but not before the handshake: unauthenticated peers must stay
    // cheap.
    SSL_set_default_read_buffer_len(ssl_.get(), kReadBufferBytes);
    return {};
}

IoResult Channel::read(char* buffer, std::size_t size) {
    std::size_t total = 0;
    drained_ = false;
    while (total < size) {
        ERR_clear_error();
        std::size_t got = 0;
        const int result = SSL_read_ex(ssl_.get(), buffer + total, size - total, &got);
        received_bytes_ += got;
        if (too_many_key_updates()) {
            return fail("too many key updates");
        }
        if (result != 1) {
            const IoResult stopped =
                explain(result, "the peer closed the connection without close_notify");
            drained_ = stopped.status == IoStatus::wait_read;
            // Bytes before an end or an error are returned first; the next call meets it again.
            return total > 0 ? IoResult{IoStatus::done, total, 0} : stopped;
        }
        total += got;
    }
    return {IoStatus::done, total, 0};
}

IoResult Channel::peek() {
    ERR_clear_error();
    char byte = 0;
    std::size_t got = 0;
    const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &got);
    if (too_many_key_updates()) {
        return fail("too many key updates");
    }
    return result == 1 ? IoResult{}
                       : explain(result, "the peer closed the connection without close_notify");
}

IoResult Channel::write(const char* bytes, std::size_t size) {
    ERR_clear_error();
    std::size_t written = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes, size, &written);
    return result == 1 ? IoResult{IoStatus::done, written, 0}
                       : explain(result, "the peer has closed the connection");
}

void Channel::finish() {
    if (failure_.empty() && SSL_is_init_finished(ssl_.get()) == 1) {
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
    }
}

std::string Channel::binding() const {
    constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";
    std::string binding(32, '\0');
    if (SSL_export_keying_material(
            ssl_.get(),
            reinterpret_cast<unsigned char*>(binding.data()),
            binding.size(),
            kLabel.data(),
            kLabel.size(),
            nullptr,
            0,
            1
        ) != 1) {
        ERR_clear_error();
        return {};
    }
    return binding;
}

PeerCertificate Channel::peer_certificate() const {
    const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
    return certificate == nullptr ? PeerCertificate{} : read_certificate(*certificate);
}

int Channel::watch_verification(int good, X509_STORE_CTX* store) {
    if (good == 0) {
        const auto* const ssl = static_cast<SSL*>(
            X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
        );
        static_cast<Channel*>(SSL_get_ex_data(ssl, 0))->certificate_failure_ = describe_failure(
            X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_current_cert(store)
        );
    }
    return good;
}

void Channel::watch_messages(
    int written,
    int /*version*/,
    int type,
    const void* bytes,
    std::size_t size,
    SSL* /*ssl*/,
    void* self
) {
    const bool received_handshake = written == 0 && type == SSL3_RT_HANDSHAKE && size > 0;
    if (received_handshake && *static_cast<const unsigned char*>(bytes) == SSL3_MT_KEY_UPDATE) {
        ++static_cast<Channel*>(self)->key_updates_;
    }
}

bool Channel::too_many_key_updates() const {
    return key_updates_ > kFreeKeyUpdates + received_bytes_ / kBytesForAKeyUpdate;
}

IoResult Channel::fail(std::string why) {
    failure_ = std::move(why);
    return {IoStatus::error, 0, EPROTO};
}

IoResult Channel::explain(int result, const char* otherwise) {
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {IoStatus::wait_read, 0, 0};
        case SSL_ERROR_WANT_WRITE:
            return {IoStatus::wait_write, 0, 0};
        case SSL_ERROR_ZERO_RETURN:
            return {IoStatus::end, 0, 0};
        default:
            break;
    }
    const int reason = ERR_GET_REASON(ERR_peek_error());
    peer_uses_other_protocol_ = reason == SSL_R_HTTP_REQUEST ||
                                reason == SSL_R_HTTPS_PROXY_REQUEST ||
                                reason == SSL_R_WRONG_VERSION_NUMBER;
    // A verification result that was not requested, or that let the handshake pass, is not the
    // cause.
    const bool judging =
        SSL_is_init_finished(ssl_.get()) == 0 && SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE;
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (judging && verdict != X509_V_OK) {
        if (certificate_failure_.empty()) {
            certificate_failure_ = describe_failure(verdict, nullptr);
        }
        ERR_clear_error();
        return fail("certificate: " + certificate_failure_);
    }
    return fail(take_error(otherwise));
}

}  // namespace telex::tls

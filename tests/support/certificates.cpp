#include "support/certificates.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace telex::testing {

namespace {

void must(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string("certificates: ") + what);
    }
}

void add_extension(X509& certificate, X509& issuer, int kind, const std::string& text) {
    if (text.empty()) {
        return;
    }
    X509V3_CTX context;
    X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, text.c_str());
    must(extension != nullptr && X509_add_ext(&certificate, extension, -1) == 1, text.c_str());
    X509_EXTENSION_free(extension);
}

template <class Function>
void with_file(const std::string& path, mode_t mode, Function function) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    must(file != nullptr, path.c_str());
    (void)::fchmod(::fileno(file), mode);
    const bool written = function(file) == 1;
    must(std::fclose(file) == 0 && written, path.c_str());
}

}  // namespace

Certificates::Certificates() : ca_key_(make_key()) {
    std::string name = (std::filesystem::temp_directory_path() / "telex-tls-XXXXXX").string();
    must(::mkdtemp(name.data()) != nullptr, "mkdtemp");
    folder_ = name;
    const CertificateSpec spec{
        .common_name = "Test Authority",
        .alternative_names = {},
        .usage = {},
        .valid_seconds = 3'600
    };
    ca_ = sign(spec, *ca_key_, true);
    write("ca", *ca_, *ca_key_);
}

Certificates::~Certificates() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void Certificates::issue(const std::string& name, const CertificateSpec& spec) {
    const Key key = make_key();
    const Certificate certificate = sign(spec, *key, false);
    write(name, *certificate, *key);
}

Certificates::Key Certificates::make_key() {
    Key key(EVP_EC_gen("P-256"));
    must(key != nullptr, "key");
    return key;
}

Certificates::Certificate Certificates::sign(
    const CertificateSpec& spec, EVP_PKEY& key, bool authority
) {
    Certificate made(X509_new());
    must(made != nullptr, "X509");
    X509& certificate = *made;
    X509& issuer = authority ? certificate : *ca_;
    X509_set_version(&certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(&certificate), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(&certificate), spec.begins_seconds);
    X509_gmtime_adj(X509_getm_notAfter(&certificate), spec.valid_seconds);
    X509_set_pubkey(&certificate, &key);
    X509_NAME_add_entry_by_NID(
        X509_get_subject_name(&certificate),
        NID_commonName,
        MBSTRING_UTF8,
        reinterpret_cast<const unsigned char*>(spec.common_name.data()),
        static_cast<int>(spec.common_name.size()),
        -1,
        0
    );
    X509_set_issuer_name(&certificate, X509_get_subject_name(&issuer));
    add_extension(
        certificate, issuer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE"
    );
    add_extension(certificate, issuer, NID_subject_alt_name, spec.alternative_names);
    add_extension(certificate, issuer, NID_ext_key_usage, spec.usage);
    must(X509_sign(&certificate, ca_key_.get(), EVP_sha256()) > 0, "X509_sign");
    return made;
}

void Certificates::write(const std::string& name, X509& certificate, EVP_PKEY& key) const {
    with_file(this->certificate(name), 0644, [&](std::FILE* file) {
        return PEM_write_X509(file, &certificate);
    });
    with_file(this->key(name), 0600, [&](std::FILE* file) {
        return PEM_write_PrivateKey(file, &key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

}  // namespace telex::testing

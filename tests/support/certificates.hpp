#pragma once
// An authority and certificates of it, made for one test in a temporary folder. Throws
// std::runtime_error when OpenSSL or the file system refuses.
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

namespace telex::testing {

struct CertificateSpec {
    std::string common_name = "test";
    std::string alternative_names = "DNS:localhost,IP:127.0.0.1,IP:::1";  // empty: none
    std::string usage = "serverAuth,clientAuth";                          // extended key usage
    long valid_seconds = 3'600;                                           // negative: expired
    long begins_seconds = -2L * 86'400;                                   // from now on
};

class Certificates {
public:
    Certificates();
    ~Certificates();
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;

    // Writes NAME.pem and NAME.key.
    void issue(const std::string& name, const CertificateSpec& spec = {});

    // "ca": the authority's own. The paths of files that need not be there.
    std::string certificate(const std::string& name) const { return path(name + ".pem"); }

    std::string key(const std::string& name) const { return path(name + ".key"); }

    std::string path(const std::string& file) const { return (folder_ / file).string(); }

private:
    struct Free {
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

        void operator()(X509* certificate) const { X509_free(certificate); }
    };

    using Key = std::unique_ptr<EVP_PKEY, Free>;
    using Certificate = std::unique_ptr<X509, Free>;

    static Key make_key();
    Certificate sign(const CertificateSpec& spec, EVP_PKEY& key, bool authority);
    void write(const std::string& name, X509& certificate, EVP_PKEY& key) const;

    std::filesystem::path folder_;
    long serial_ = 0;
    Key ca_key_;
    Certificate ca_;
};

}  // namespace telex::testing

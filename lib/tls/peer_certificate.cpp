#include "tls/peer_certificate.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

namespace telex::tls {

namespace {

bool is_plain(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 && byte != 0x7F;
    });
}

// Returns an empty string unless the name is plain.
std::string text_of(const ASN1_STRING* string) {
    const auto* const bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(string));
    const std::string_view text(bytes, static_cast<std::size_t>(ASN1_STRING_length(string)));
    return is_plain(text) ? std::string(text) : std::string();
}

void add(std::vector<std::string>& names, const ASN1_STRING* string) {
    if (std::string text = text_of(string); !text.empty()) {
        names.push_back(std::move(text));
    }
}

void add_address(std::vector<std::string>& addresses, const ASN1_OCTET_STRING* octets) {
    constexpr int kIpv4Bytes = 4;
    constexpr int kIpv6Bytes = 16;
    const int size = ASN1_STRING_length(octets);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if ((size == kIpv4Bytes || size == kIpv6Bytes) && ::inet_ntop(
                                                          size == kIpv4Bytes ? AF_INET : AF_INET6,
                                                          ASN1_STRING_get0_data(octets),
                                                          text.data(),
                                                          text.size()
                                                      ) != nullptr) {
        addresses.emplace_back(text.data());
    }
}

void read_alternative_names(const X509& certificate, PeerCertificate& result) {
    struct Free {
        void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
    };

    const std::unique_ptr<GENERAL_NAMES, Free> names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)
    ));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
        switch (name->type) {
            case GEN_URI:
                add(result.uris, name->d.uniformResourceIdentifier);
                break;
            case GEN_EMAIL:
                add(result.emails, name->d.rfc822Name);
                break;
            case GEN_DNS:
                add(result.dns_names, name->d.dNSName);
                break;
            case GEN_IPADD:
                add_address(result.addresses, name->d.iPAddress);
                break;
            default:
                break;
        }
    }
}

std::string common_name_of(const X509& certificate) {
    const X509_NAME* const subject = X509_get_subject_name(&certificate);
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0) {
        return {};
    }
    unsigned char* utf8 = nullptr;
    const int size =
        ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (size < 0) {
        return {};
    }
    const std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    return is_plain(text) ? text : std::string();
}

std::string key_pin_of(const X509& certificate) {
    unsigned char* encoded = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &encoded);
    if (size < 0) {
        return {};
    }
    std::array<unsigned char, 32> digest{};
    const int hashed = EVP_Digest(
        encoded, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(), nullptr
    );
    OPENSSL_free(encoded);
    if (hashed != 1) {
        return {};
    }
    std::array<unsigned char, 45> text{};  // 44 characters and a NUL
    const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

}  // namespace

std::string PeerCertificate::name() const {
    for (const auto* names : {&uris, &emails, &dns_names}) {
        if (!names->empty()) {
            return names->front();
        }
    }
    return common_name;
}

PeerCertificate read_certificate(const X509& certificate) {
    PeerCertificate result;
    read_alternative_names(certificate, result);
    result.common_name = common_name_of(certificate);
    result.key_pin = key_pin_of(certificate);
    return result;
}

}  // namespace telex::tls

#pragma once
// The names in a certificate, read from its structure, never from a formatted name: there one field
// can be made to look like several.
#include <openssl/x509.h>

#include <string>
#include <vector>

namespace telex::tls {

struct PeerCertificate {
    // Subject alternative names (RFC 5280, 4.2.1.6), in their order.
    std::vector<std::string> uris;
    std::vector<std::string> emails;
    std::vector<std::string> dns_names;
    std::vector<std::string> addresses;  // IPv4 and IPv6, as text
    // The only common name of the subject; empty if there is none or several.
    std::string common_name;
    // SHA-256 of the public key with its algorithm (RFC 7469's pin), in base64.
    std::string key_pin;

    bool empty() const { return key_pin.empty(); }

    // The first of uris, emails, dns_names, common_name; empty if there is none.
    std::string name() const;
};

// Names with a NUL or another control character are left out.
PeerCertificate read_certificate(const X509& certificate);

}  // namespace telex::tls

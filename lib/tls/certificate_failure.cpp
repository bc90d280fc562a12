#include "tls/certificate_failure.hpp"

#include "tls/certificate_facts.hpp"
#include "tls/peer_certificate.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <vector>

namespace telex::tls {

namespace {

// The names that a client may connect by. Without alternative names it is the common name.
std::string names_of(const X509& certificate) {
    constexpr std::size_t kMostNames = 5;
    const PeerCertificate read = read_certificate(certificate);
    std::vector<std::string> names = read.dns_names;
    names.insert(names.end(), read.addresses.begin(), read.addresses.end());
    if (names.empty() && !read.common_name.empty()) {
        names.push_back(read.common_name);
    }
    if (names.size() <= kMostNames) {
        return fmt::format("{}", fmt::join(names, ", "));
    }
    const std::size_t more = names.size() - kMostNames;
    names.resize(kMostNames);
    return fmt::format("{} and {} more", fmt::join(names, ", "), more);
}

}  // namespace

std::string describe_failure(long verdict, const X509* certificate) {
    std::string text = X509_verify_cert_error_string(verdict);
    if (certificate == nullptr) {
        return text;
    }
    switch (verdict) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH: {
            const std::string names = names_of(*certificate);
            return names.empty() ? text + ": the certificate has no name"
                                 : text + ": the certificate is for " + names;
        }
        case X509_V_ERR_CERT_HAS_EXPIRED: {
            const CertificateFacts facts = facts_of(*certificate);
            return fmt::format("{}: {} until {}", text, facts.subject, utc_text(facts.not_after));
        }
        case X509_V_ERR_CERT_NOT_YET_VALID: {
            const CertificateFacts facts = facts_of(*certificate);
            return fmt::format("{}: {} from {}", text, facts.subject, utc_text(facts.not_before));
        }
        default:
            return text;
    }
}

}  // namespace telex::tls

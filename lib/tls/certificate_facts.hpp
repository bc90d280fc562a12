#pragma once
// What operators want to know of the certificate that a listener shows: whose it is, and when it is
// good. Knows no clock: times are seconds since 1970, UTC.
#include <openssl/x509.h>

#include <cstdint>
#include <string>

namespace telex::tls {

struct CertificateFacts {
    std::string subject;  // as RFC 2253 writes it, printable ASCII: "CN=bus.example.org,O=Example"
    std::int64_t not_before = 0;
    std::int64_t not_after = 0;  // clients take it until then; 0: there is no certificate
};

enum class Validity : std::uint8_t { good, ends_soon, not_yet, expired };

// An end within so many seconds, 30 days, is soon.
inline constexpr std::int64_t kSoonSeconds = std::int64_t{30} * 86'400;

CertificateFacts facts_of(const X509& certificate);

Validity validity_at(std::int64_t now, const CertificateFacts& facts);

// Clients take it at that time.
bool is_good_at(std::int64_t now, const CertificateFacts& facts);

// "the certificate of CN=x has expired: it was valid until 2026-11-28T12:00:00Z"
std::string describe_at(std::int64_t now, const CertificateFacts& facts);

// "2026-11-28T12:00:00Z"
std::string utc_text(std::int64_t seconds);

}  // namespace telex::tls

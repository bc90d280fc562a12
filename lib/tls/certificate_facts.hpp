#pragma once
// Facts about a listener's certificate for operators: its subject and validity. Has no clock: times
// are seconds since 1970, UTC.
#include <openssl/x509.h>

#include <cstdint>
#include <string>

namespace telex::tls {

struct CertificateFacts {
    std::string subject;  // RFC 2253 notation, printable ASCII: "CN=bus.example.org,O=Example"
    std::int64_t not_before = 0;
    std::int64_t not_after = 0;  // end of validity; 0: no certificate
};

enum class Validity : std::uint8_t { good, ends_soon, not_yet, expired };

// A certificate expires soon if it ends within this many seconds, 30 days.
inline constexpr std::int64_t kSoonSeconds = std::int64_t{30} * 86'400;

CertificateFacts facts_of(const X509& certificate);

Validity validity_at(std::int64_t now, const CertificateFacts& facts);

// Returns whether clients accept it at that time.
bool is_good_at(std::int64_t now, const CertificateFacts& facts);

// "the certificate of CN=x has expired: it was valid until 2026-11-28T12:00:00Z"
std::string describe_at(std::int64_t now, const CertificateFacts& facts);

// "2026-11-28T12:00:00Z"
std::string utc_text(std::int64_t seconds);

}  // namespace telex::tls

#include "cli/connection/connect_hint.hpp"

#include "cli/contexts/chosen_exchange.hpp"
#include "cli/exit_code.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace telex::cli {
namespace {

constexpr std::string_view kStart =
    "No telexd runs for this user. Start one with 'systemctl start telexd', or for yourself with\n"
    "'telexd --print-defaults > telexd.yaml; telexd --config telexd.yaml'; or name another one "
    "with\n"
    "--server.";
constexpr std::string_view kCheck =
    "Check the address, and that telexd runs there: its log lists its addresses ('listening').";
constexpr std::string_view kAuthenticate =
    "Authenticate with --user NAME, --token-file FILE or --identity FILE.";
constexpr std::string_view kIgnoredVariable =
    "TELEX_CREDENTIALS belongs to TELEX_URL and is not sent to other servers.\n"
    "Authenticate with --user NAME, --token-file FILE or --identity FILE.";

// Advice about a certificate, found by the words of OpenSSL.
struct CertificateHint {
    std::string_view found;
    std::string_view hint;
};

constexpr std::string_view kAuthority =
    "Name the authority that signed the server's certificate with --tls-ca FILE, or the server's "
    "key\n"
    "with --tls-pin PIN.";
constexpr std::string_view kServerName =
    "Connect by a name of the certificate, or give one of them with --tls-name NAME.";
constexpr std::string_view kClock =
    "Renew the server's certificate; if it is valid, set the clock of this computer.";
constexpr std::array kCertificateHints{
    CertificateHint{"certificate: unable to get", kAuthority},
    CertificateHint{"certificate: self-signed", kAuthority},
    CertificateHint{"certificate: self signed", kAuthority},
    CertificateHint{"certificate: hostname mismatch", kServerName},
    CertificateHint{"certificate: IP address mismatch", kServerName},
    CertificateHint{"certificate: certificate has expired", kClock},
    CertificateHint{"certificate: certificate is not yet valid", kClock},
};

// The text lists the failure of each server.
std::string_view certificate_hint(const Error& error) {
    const auto* const found = std::ranges::find_if(kCertificateHints, [&](const auto& row) {
        return error.text.find(row.found) != std::string::npos;
    });
    return found == kCertificateHints.end() ? std::string_view() : found->hint;
}

// The text lists the failure of each server.
bool nothing_listens(const Error& error) {
    for (const int code : {ECONNREFUSED, ENOENT}) {
        if (error.text.find(std::generic_category().message(code)) != std::string::npos) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::string_view connect_hint(const Error& error, const ConnectionOptions& options) {
    const bool is_named = !options.servers.empty();
    if (exit_code_of(error.code) == kNotAuthenticated && !options.names_credentials()) {
        return is_named && ::secure_getenv("TELEX_CREDENTIALS") != nullptr ? kIgnoredVariable
                                                                           : kAuthenticate;
    }
    if (error.code != Errc::connect_failed) {
        return {};
    }
    if (const std::string_view hint = certificate_hint(error); !hint.empty()) {
        return hint;
    }
    if (!nothing_listens(error)) {
        return {};
    }
    return is_named || !environment_url().empty() ? kCheck : kStart;
}

}  // namespace telex::cli

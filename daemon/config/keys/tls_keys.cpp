#include "config/keys/tls_keys.hpp"

#include "config/keys/text_rules.hpp"
#include "config/parse/value_error.hpp"
#include "tls/server_context.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

using Draft = ListenerDraft;
using tls::ClientCertificate;
using tls::Version;

constexpr std::array<Word<Version>, 2> kVersions{{
    {"1.2", Version::tls12},
    {"1.3", Version::tls13},
}};

constexpr std::array<Word<std::optional<ClientCertificate>>, 4> kClientCertificates{{
    {"auto", std::nullopt},
    {"none", ClientCertificate::none},
    {"optional", ClientCertificate::optional},
    {"required", ClientCertificate::required},
}};

About at_start(std::string_view doc) {
    return {doc, Reload::restart};
}

// Reported at the key's value or, if the key is not given, at the section.
void refuse_tls(
    const ListenerView& listener, std::string_view key, Report& report, std::string_view message
) {
    const std::string where = listener.at(key);
    const std::string_view place = listener.given(key) ? key : std::string_view("tls");
    section_error(where, listener.at(place), message, listener.origins, report);
}

void check_validity(
    const ListenerView& listener,
    const tls::CertificateFacts& certificate,
    std::int64_t now,
    Report& report
) {
    const std::string_view key = "tls.certificate";
    if (!tls::is_good_at(now, certificate)) {
        refuse_tls(listener, key, report, tls::describe_at(now, certificate));
    } else if (tls::validity_at(now, certificate) == tls::Validity::ends_soon) {
        const std::string where = listener.at(key);
        report.warning(
            listener.origins.value_of(where),
            fmt::format("{}: {}", where, tls::describe_at(now, certificate))
        );
    }
}

bool tls_is_possible(const ListenerView& listener, Report& report) {
    for (const net::Address& address : listener.options.addresses) {
        const bool known = address.transport != net::Transport::systemd;
        if (known && address.transport != net::Transport::tcp) {
            refuse_tls(
                listener,
                "tls",
                report,
                fmt::format(
                    "TLS requires tcp addresses, found {}",
                    listener.origins.shown(listener.at("address"), net::to_string(address))
                )
            );
            return false;
        }
    }
    return true;
}

}  // namespace

void add_tls_keys(Table<Draft>& table) {
    constexpr TextKind kPath{"path", "absolute"};
    table.push_back(
        section<Draft>("tls", at_start("TLS, for listeners that have only tcp addresses."))
    );
    table.push_back(text_key<Draft>(
        "tls.certificate",
        kPath,
        [](auto& d) -> auto& { return d.tls.context.certificate; },
        check_path,
        {.doc = "PEM file with the server's certificate, followed by the intermediate "
                "certificates.",
         .required = true}
    ));
    table.push_back(text_key<Draft>(
        "tls.key",
        kPath,
        [](auto& d) -> auto& { return d.tls.context.key; },
        check_path,
        {.doc = "PEM file with the certificate's private key, not encrypted and not readable by "
                "other users.",
         .required = true}
    ));
    table.push_back(text_key<Draft>(
        "tls.client_ca",
        kPath,
        [](auto& d) -> auto& { return d.tls.context.client_ca; },
        check_path,
        {"PEM file with the certificate authorities that client certificates are verified "
         "against."}
    ));
    table.push_back(choice_key<Draft>(
        "tls.client_certificate",
        [](auto& d) -> auto& { return d.tls.context.client_certificate; },
        kClientCertificates,
        at_start("Whether clients must present a certificate of `client_ca`. `auto`: `required` if "
                 "`client_ca` is set, else `none`.")
    ));
    table.push_back(choice_key<Draft>(
        "tls.min_version",
        [](auto& d) -> auto& { return d.tls.context.min_version; },
        kVersions,
        at_start("Minimum version of TLS.")
    ));
    table.push_back(duration_key<Draft>(
        "tls.handshake_timeout",
        [](auto& d) -> auto& { return d.tls.handshake_timeout; },
        {100, 600'000},
        at_start("How long a new peer may take for the TLS handshake. The connection is closed "
                 "after it.")
    ));
}

void check_tls(const ListenerView& listener, const Environment& environment, Report& report) {
    if (!listener.options.tls || !listener.good("address") || !tls_is_possible(listener, report)) {
        return;
    }
    const tls::ServerOptions& tls = listener.options.tls->context;
    const bool asks =
        tls.client_certificate.value_or(ClientCertificate::none) != ClientCertificate::none;
    if (asks && tls.client_ca.empty()) {
        refuse_tls(
            listener,
            "tls.client_certificate",
            report,
            "needs 'client_ca' to verify certificates against"
        );
        return;
    }
    if (tls.client_certificate == ClientCertificate::none && !tls.client_ca.empty()) {
        refuse_tls(
            listener, "tls.client_ca", report, "has no effect with 'client_certificate: none'"
        );
        return;
    }
    for (const std::string_view key : {"tls.certificate", "tls.key", "tls.client_ca"}) {
        if (!listener.good(key)) {
            return;
        }
    }
    const auto made = tls::make_server_context(tls);
    if (!made) {
        refuse_tls(listener, "tls", report, made.error());
    } else if (environment.certificates_at) {
        check_validity(listener, (*made)->certificate(), *environment.certificates_at, report);
    }
}

}  // namespace telex::config

#include "config/keys/tls_keys.hpp"

#include "config/keys/text_rules.hpp"
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

About hot(std::string_view doc) {
    return {doc, Reload::hot};
}

About at_start(std::string_view doc) {
    return {doc, Reload::restart};
}

// At the key's value, or where the section is.
void refuse_tls(
    const ListenerView& listener, std::string_view key, Report& report, std::string_view message
) {
    const std::string where = listener.at(key);
    const std::string_view place = listener.given(key) ? key : std::string_view("tls");
    report.error(
        listener.origins.value_of(listener.at(place)), fmt::format("{}: {}", where, message)
    );
}

bool require(const ListenerView& listener, std::string_view key, Report& report) {
    if (!listener.given(key) && listener.good(key)) {
        refuse_tls(listener, key, report, "is missing; a listener with TLS needs it");
    }
    return listener.given(key) && listener.good(key);
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
                fmt::format("TLS is for tcp, not for {}", net::to_string(address))
            );
            return false;
        }
    }
    return true;
}

}  // namespace

void add_tls_keys(Table<Draft>& table) {
    table.push_back(section<Draft>(
        "tls", at_start("Encrypts the connections of a listener whose addresses are all tcp.")
    ));
    table.push_back(text_key<Draft>(
        "tls.certificate",
        [](auto& d) -> auto& { return d.tls.context.certificate; },
        "path",
        "absolute",
        check_path,
        hot("Required. PEM file with the certificate of the server, followed by those between it "
            "and its root.")
    ));
    table.push_back(text_key<Draft>(
        "tls.key",
        [](auto& d) -> auto& { return d.tls.context.key; },
        "path",
        "absolute",
        check_path,
        hot("Required. PEM file with its private key, not encrypted and not readable by everybody.")
    ));
    table.push_back(text_key<Draft>(
        "tls.client_ca",
        [](auto& d) -> auto& { return d.tls.context.client_ca; },
        "path",
        "absolute",
        check_path,
        hot("PEM file with the authorities whose client certificates are taken.")
    ));
    table.push_back(word_key<Draft>(
        "tls.client_certificate",
        [](auto& d) -> auto& { return d.tls.context.client_certificate; },
        kClientCertificates,
        at_start("Whether clients must show a certificate of `client_ca`. `auto`: `required` where "
                 "there is a `client_ca`, else `none`.")
    ));
    table.push_back(word_key<Draft>(
        "tls.min_version",
        [](auto& d) -> auto& { return d.tls.context.min_version; },
        kVersions,
        at_start("The oldest version of TLS that is taken.")
    ));
    table.push_back(duration_key<Draft>(
        "tls.handshake_timeout",
        [](auto& d) -> auto& { return d.tls.handshake_timeout; },
        {100, 600'000},
        at_start("How long a new peer may take for the handshake.")
    ));
}

void check_tls(const ListenerView& listener, const Environment& environment, Report& report) {
    if (!listener.options.tls || !listener.good("address") || !tls_is_possible(listener, report)) {
        return;
    }
    const bool has_certificate = require(listener, "tls.certificate", report);
    const bool has_key = require(listener, "tls.key", report);
    const tls::ServerOptions& tls = listener.options.tls->context;
    const bool asks =
        tls.client_certificate.value_or(ClientCertificate::none) != ClientCertificate::none;
    if (asks && tls.client_ca.empty()) {
        refuse_tls(
            listener,
            "tls.client_certificate",
            report,
            "needs 'client_ca': without authorities no certificate is good"
        );
        return;
    }
    if (tls.client_certificate == ClientCertificate::none && !tls.client_ca.empty()) {
        refuse_tls(listener, "tls.client_ca", report, "has no effect with client_certificate none");
        return;
    }
    if (!has_certificate || !has_key || !listener.good("tls.client_ca")) {
        return;
    }
    const auto made = tls::make_server_context(tls);
    if (!made) {
        refuse_tls(listener, "tls", report, made.error());
    } else if (environment.certificates_at) {
        check_validity(listener, (*made)->certificate(), *environment.certificates_at, report);
    }
}

}  // namespace telex::config

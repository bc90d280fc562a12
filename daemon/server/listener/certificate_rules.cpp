#include "server/listener/certificate_rules.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::server {

std::optional<std::string> fault_of_certificate(
    const tls::Context* former, const tls::Context& next, std::int64_t now
) {
    if (tls::is_good_at(now, next.certificate())) {
        return std::nullopt;
    }
    std::string fault = tls::describe_at(now, next.certificate());
    if (former == nullptr) {
        return fault;
    }
    if (!tls::is_good_at(now, former->certificate())) {
        return std::nullopt;
    }
    return fmt::format("{}; {}", fault, tls::describe_at(now, former->certificate()));
}

std::optional<std::string> warning_of_certificate(
    const std::string& listener, const tls::Context& context, std::int64_t now
) {
    if (tls::validity_at(now, context.certificate()) == tls::Validity::good) {
        return std::nullopt;
    }
    return fmt::format(
        "listeners[{}].tls.certificate: {}", listener, tls::describe_at(now, context.certificate())
    );
}

std::vector<v1::ReloadEffect> renewals_between(
    const std::string& listener, const tls::Context& former, const tls::Context& next
) {
    std::vector<v1::ReloadEffect> effects;
    const auto add = [&](v1::ReloadEffect::Kind kind, std::string text) -> v1::ReloadEffect& {
        v1::ReloadEffect& effect = effects.emplace_back();
        effect.set_kind(kind);
        effect.set_listener(listener);
        effect.set_text(std::move(text));
        return effect;
    };
    if (former.certificate_digest() != next.certificate_digest()) {
        const tls::CertificateFacts& facts = next.certificate();
        v1::ReloadEffect& effect =
            add(v1::ReloadEffect::CERTIFICATE_RENEWED,
                fmt::format(
                    "listeners[{}].tls.certificate: renewed, {} until {}",
                    listener,
                    facts.subject,
                    tls::utc_text(facts.not_after)
                ));
        effect.set_subject(facts.subject);
        effect.set_not_after_unix_seconds(facts.not_after);
    }
    if (former.authorities_digest() != next.authorities_digest()) {
        add(v1::ReloadEffect::AUTHORITIES_RENEWED,
            fmt::format("listeners[{}].tls.client_ca: renewed", listener));
    }
    return effects;
}

}  // namespace telex::server

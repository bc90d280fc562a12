#include "app/certificate_watch.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::app {

namespace {

constexpr std::int64_t kDay = 86'400;

CertificateWatch::Line line_of(
    const CertificateWatch::Shown& shown, tls::Validity validity, std::int64_t now
) {
    const std::string facts = fmt::format(
        "subject=\"{}\" not_before={} not_after={}",
        shown.facts.subject,
        tls::utc_text(shown.facts.not_before),
        tls::utc_text(shown.facts.not_after)
    );
    if (validity == tls::Validity::ends_soon) {
        return {
            false,
            fmt::format(
                "a certificate expires soon: listener={} days={} {}",
                shown.listener,
                (shown.facts.not_after - now) / kDay,
                facts
            )
        };
    }
    return {
        true,
        fmt::format(
            "a certificate is not valid: listener={} reason={} {}",
            shown.listener,
            validity == tls::Validity::expired ? "expired" : "not_yet",
            facts
        )
    };
}

}  // namespace

std::vector<CertificateWatch::Line> CertificateWatch::look(
    const std::vector<Shown>& shown, std::int64_t now
) {
    std::map<std::string, Told> told;
    std::vector<Line> lines;
    for (const Shown& one : shown) {
        const tls::Validity validity = tls::validity_at(now, one.facts);
        if (validity == tls::Validity::good) {
            continue;
        }
        const auto before = told_.find(one.listener);
        const bool is_known = before != told_.end() && before->second.validity == validity &&
                              now - before->second.at < kDay && now >= before->second.at;
        if (!is_known) {
            lines.push_back(line_of(one, validity, now));
        }
        told.emplace(one.listener, is_known ? before->second : Told{validity, now});
    }
    told_ = std::move(told);
    return lines;
}

}  // namespace telex::app

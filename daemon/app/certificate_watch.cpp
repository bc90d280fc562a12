#include "app/certificate_watch.hpp"

#include <utility>

namespace telex::app {

namespace {

constexpr std::int64_t kDay = 86'400;

}  // namespace

std::vector<CertificateWatch::Warning> CertificateWatch::look(
    const std::vector<Shown>& shown, std::int64_t now
) {
    std::map<std::string, Told> told;
    std::vector<Warning> warnings;
    for (const Shown& one : shown) {
        const tls::Validity validity = tls::validity_at(now, one.facts);
        if (validity == tls::Validity::good) {
            continue;
        }
        const auto before = told_.find(one.listener);
        const bool is_known = before != told_.end() && before->second.validity == validity &&
                              now - before->second.at < kDay && now >= before->second.at;
        if (!is_known) {
            warnings.push_back({one, validity});
        }
        told.emplace(one.listener, is_known ? before->second : Told{validity, now});
    }
    told_ = std::move(told);
    return warnings;
}

}  // namespace telex::app

#include "app/housekeeping.hpp"

#include "app/stream_service.hpp"
#include "log/log.hpp"
#include "server/server.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace telex::app {

namespace {

void log_certificate(const CertificateWatch::Warning& warning, std::int64_t now) {
    constexpr std::int64_t kSecondsOfADay = 86'400;
    const tls::CertificateFacts& facts = warning.certificate.facts;
    const std::string not_before = tls::utc_text(facts.not_before);
    const std::string not_after = tls::utc_text(facts.not_after);
    if (warning.validity == tls::Validity::ends_soon) {
        log::write(
            "certificate_expires",
            {{"listener", warning.certificate.listener},
             {"days", (facts.not_after - now) / kSecondsOfADay},
             {"subject", facts.subject},
             {"not_before", not_before},
             {"not_after", not_after}}
        );
        return;
    }
    log::write(
        "certificate_invalid",
        {{"listener", warning.certificate.listener},
         {"reason", warning.validity == tls::Validity::expired ? "expired" : "not_yet"},
         {"subject", facts.subject},
         {"not_before", not_before},
         {"not_after", not_after}}
    );
}

}  // namespace

void Housekeeping::start() {
    each_second();
}

void Housekeeping::stop() {
    stopped_ = true;
    timer_.cancel();
}

void Housekeeping::certificates_loaded() {
    certificates_.begin_anew();
    check_certificates();
}

void Housekeeping::each_second() {
    constexpr std::chrono::seconds kPeriod{1};
    check_socket_files();
    check_certificates();
    streams_.look();
    server_.give_back_memory();
    timer_.expires_after(kPeriod);
    timer_.async_wait([this](const asio::error_code& error) {
        if (!error && !stopped_) {
            each_second();
        }
    });
}

void Housekeeping::check_certificates() {
    std::vector<CertificateWatch::Shown> shown;
    for (const auto& listener : server_.listeners()) {
        const auto settings = listener->settings();
        if (const tls::ContextPtr& tls = settings->tls_context()) {
            shown.push_back({settings->options().name, tls->certificate()});
        }
    }
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    for (const CertificateWatch::Warning& warning : certificates_.look(shown, now)) {
        log_certificate(warning, now);
    }
}

void Housekeeping::check_socket_files() {
    std::set<std::string> unreachable;
    for (const auto& listener : server_.listeners()) {
        for (const std::string& address : listener->unreachable_addresses()) {
            unreachable.insert(address);
            if (!unreachable_.contains(address)) {
                log::write(
                    "socket_file_deleted",
                    {{"listener", listener->settings()->options().name}, {"address", address}}
                );
            }
        }
    }
    unreachable_ = std::move(unreachable);
}

}  // namespace telex::app

// Application: housekeeping once a second: certificates that expire, socket files that were
// deleted, memory that goes back to the system.
#include "app/application.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace telex::app {

void Application::each_second() {
    constexpr std::chrono::seconds kPeriod{1};
    check_socket_files();
    check_certificates();
    server_->give_back_memory();
    second_timer_.expires_after(kPeriod);
    second_timer_.async_wait([this](const asio::error_code& error) {
        if (!error && stop_signals_ == 0) {
            each_second();
        }
    });
}

void Application::check_certificates() {
    std::vector<CertificateWatch::Shown> shown;
    for (const auto& listener : server_->listeners()) {
        const auto settings = listener->settings();
        if (const tls::ContextPtr& tls = settings->tls_context()) {
            shown.push_back({settings->options().name, tls->certificate()});
        }
    }
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    for (const CertificateWatch::Line& line : certificates_.look(shown, now)) {
        spdlog::log(line.is_error ? spdlog::level::err : spdlog::level::warn, "{}", line.text);
    }
}

void Application::check_socket_files() {
    std::set<std::string> unreachable;
    for (const auto& listener : server_->listeners()) {
        for (const std::string& address : listener->unreachable_addresses()) {
            unreachable.insert(address);
            if (!unreachable_.contains(address)) {
                spdlog::error(
                    "a socket file was deleted; a reload makes it again: listener={} "
                    "address={}",
                    listener->settings()->options().name,
                    address
                );
            }
        }
    }
    unreachable_ = std::move(unreachable);
}

}  // namespace telex::app

#include "server/listener/reload_plan.hpp"

#include "server/listener/certificate_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string>

namespace telex::server {

namespace {

std::int64_t unix_now() {
    return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

net::SystemError bad_certificate(const std::string& listener, const std::string& why) {
    return net::system_error(EKEYEXPIRED, "listener '" + listener + "', tls", why);
}

}  // namespace

Result<void, net::SystemError> ReloadPlanner::plan_files(
    ListenerState& listener, const ListenerOptions& options, ReloadPlan& plan
) const {
    for (const SocketFile& file : listener.socket_files) {
        if (!file.is_lost()) {
            continue;
        }
        auto sockets = opener_.bind(file.address, options, file.lock.lock());
        if (!sockets) {
            return unexpected(std::move(sockets.error()));
        }
        v1::ReloadEffect& effect = *plan.report.add_effects();
        effect.set_kind(v1::ReloadEffect::SOCKET_FILE_MADE);
        effect.set_listener(options.name);
        effect.set_address(net::to_string(file.address));
        effect.set_text(fmt::format(
            "listeners[{}]: {} was deleted, and is made again", options.name, effect.address()
        ));
        plan.remade.push_back({&listener, file.address, *std::move(sockets)});
    }
    return {};
}

Result<void, net::SystemError> ReloadPlanner::plan_known(
    ListenerState& listener, ListenerOptions options, ReloadPlan& plan
) const {
    if (auto planned = plan_files(listener, options, plan); !planned) {
        return planned;
    }
    auto settings = opener_.make_settings(std::move(options), {});
    if (!settings) {
        return unexpected(std::move(settings.error()));
    }
    const std::string& name = (*settings)->options().name;
    const tls::ContextPtr before = listener.settings()->tls_context();
    if (const tls::ContextPtr& next = (*settings)->tls_context(); before && next) {
        if (auto fault = fault_of_certificate(before.get(), *next, unix_now())) {
            return unexpected(bad_certificate(name, *std::move(fault)));
        }
        for (v1::ReloadEffect& effect : renewals_between(name, *before, *next)) {
            *plan.report.add_effects() = std::move(effect);
        }
        if (auto warning = warning_of_certificate(name, *next, unix_now())) {
            plan.report.add_warnings(*std::move(warning));
        }
    }
    plan.kept.emplace_back(&listener, *std::move(settings));
    return {};
}

Result<void, net::SystemError> ReloadPlanner::plan_new(ListenerOptions options, ReloadPlan& plan)
    const {
    auto prepared = opener_.prepare(std::move(options));
    if (!prepared) {
        return unexpected(std::move(prepared.error()));
    }
    const std::string& name = prepared->settings->options().name;
    if (const tls::ContextPtr& tls = prepared->settings->tls_context()) {
        if (auto fault = fault_of_certificate(nullptr, *tls, unix_now())) {
            return unexpected(bad_certificate(name, *std::move(fault)));
        }
        if (auto warning = warning_of_certificate(name, *tls, unix_now())) {
            plan.report.add_warnings(*std::move(warning));
        }
    }
    plan.added.push_back(*std::move(prepared));
    return {};
}

Result<ReloadPlan, net::SystemError> ReloadPlanner::plan(
    std::vector<ListenerOptions> listeners, const Renames& renamed
) const {
    ReloadPlan plan;
    for (ListenerOptions& options : listeners) {
        const auto former = renamed.find(options.name);
        ListenerState* const known =
            listeners_.find(former == renamed.end() ? options.name : former->second);
        auto planned = known == nullptr ? plan_new(std::move(options), plan)
                                        : plan_known(*known, std::move(options), plan);
        if (!planned) {
            return unexpected(std::move(planned.error()));
        }
    }
    for (const auto& listener : listeners_.all()) {
        if (std::none_of(plan.kept.begin(), plan.kept.end(), [&](const auto& entry) {
                return entry.first == listener.get();
            })) {
            plan.gone.push_back(listener.get());
        }
    }
    return plan;
}

}  // namespace telex::server

#include "app/reloader.hpp"

#include "app/stream_service.hpp"
#include "config/changes.hpp"
#include "config/renames.hpp"
#include "config/render/print.hpp"
#include "server/server.hpp"
#include "wire/admin_error.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace telex::app {

struct Reloader::Candidate {
    v1::ReloadReport report;
    std::optional<config::Config> config;
    config::Settings settings;
    server::Renames renamed;
};

namespace {

void refuse(v1::ReloadReport& report, v1::AdminError::Code code, std::string why) {
    wire::set_error(report, wire::admin_error(code, std::move(why)));
}

void add_changes(v1::ReloadReport& report, const std::vector<config::Change>& changes) {
    std::string stuck;
    for (const config::Change& change : changes) {
        v1::ConfigChange& row = *report.add_changes();
        row.set_path(change.path);
        row.set_before(change.before);
        row.set_after(change.after);
        row.set_needs_restart(change.reload == config::Reload::restart);
        row.set_text(to_string(change));
        if (row.needs_restart()) {
            stuck += (stuck.empty() ? "" : "; ") + row.text();
        }
    }
    if (!stuck.empty()) {
        refuse(report, v1::AdminError::NEEDS_RESTART, "only a restart can change " + stuck);
    }
}

}  // namespace

Reloader::Reloader(Load load, config::Config config, config::Settings settings)
    : load_(std::move(load)), config_(std::move(config)), settings_(std::move(settings)) {}

std::string Reloader::print() const {
    return config::print_config(config_, settings_);
}

Reloader::Candidate Reloader::read() const {
    auto loaded = load_();
    Candidate candidate;
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        candidate.report.add_diagnostics(headline(diagnostic));
    }
    if (!loaded.config) {
        refuse(
            candidate.report, v1::AdminError::INVALID_CONFIGURATION, "the configuration has errors"
        );
        return candidate;
    }
    candidate.renamed = config::renames_between(config_.listeners, loaded.config->listeners);
    add_changes(
        candidate.report, config::changes_between(settings_, loaded.settings, candidate.renamed)
    );
    candidate.config = std::move(loaded.config);
    candidate.settings = std::move(loaded.settings);
    return candidate;
}

v1::ReloadReport Reloader::preview(const server::Server& server, StreamService& streams, bool force)
    const {
    Candidate candidate = read();
    if (!candidate.report.has_error()) {
        if (const auto fits =
                server.rehearse(candidate.config->listeners, candidate.renamed, candidate.report);
            !fits) {
            refuse(candidate.report, v1::AdminError::CANNOT_APPLY, fits.error().what);
        } else {
            streams.configure(candidate.config->streams, force, true, candidate.report);
        }
    }
    return std::move(candidate.report);
}

v1::ReloadReport Reloader::reload(server::Server& server, StreamService& streams, bool force) {
    Candidate candidate = read();
    v1::ReloadReport& report = candidate.report;
    if (report.has_error()) {
        return report;
    }
    config::Config& config = *candidate.config;
    // Checked before the listeners change: streams refuse what would lose messages.
    streams.configure(config.streams, force, true, report);
    if (report.has_error()) {
        return report;
    }
    auto done = server.reload(
        config.listeners, candidate.renamed, config.server.users, config.server.accounts, report
    );
    if (!done) {
        refuse(report, v1::AdminError::CANNOT_APPLY, done.error().what);
        return report;
    }
    streams.use_accounts(server);
    // Fails only for the disk, which has been written to a moment ago: the rest stays applied.
    streams.configure(config.streams, force, false, report);
    config_ = std::move(config);
    settings_ = std::move(candidate.settings);
    return report;
}

}  // namespace telex::app

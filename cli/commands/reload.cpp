// `telex reload`: reloads the daemon's configuration.
#include "base/printable.hpp"
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/print_error.hpp"
#include "telex/v1/admin.pb.h"

#include <fmt/format.h>

#include <memory>
#include <string>

namespace telex::cli {
namespace {

constexpr std::string_view kReload = "reload";

struct ReloadOptions {
    AdminOptions common;
    v1::Reload request;
};

std::string report_text(const v1::ReloadReport& report, const v1::Reload& request) {
    if (request.background()) {
        return "reload requested; see the log for the outcome\n";
    }
    std::string text;
    for (const v1::ConfigChange& change : report.changes()) {
        text += printable(change.text()) +
                (change.needs_restart() ? "  (requires a restart)" : "") + "\n";
    }
    if (wire::error_of(report)) {
        return text;
    }
    for (const v1::ReloadEffect& effect : report.effects()) {
        text += printable(effect.text()) + "\n";
    }
    if (text.empty()) {
        return text + "nothing has changed\n";
    }
    return text + (request.dry_run() ? "dry run, nothing was changed\n" : "reloaded\n");
}

int print_reload_error(const v1::AdminError& error, bool is_dry_run) {
    print_server_error(
        kReload,
        fmt::format(
            "{}: {}",
            is_dry_run ? "a reload would fail" : "failed, keeping the current configuration",
            error.message()
        )
    );
    // A daemon that sends no code rejects a reload only because of its configuration.
    return error.code() == v1::AdminError::CODE_UNSPECIFIED
               ? kBadConfiguration
               : wire::traits_of(error.code()).exit_code;
}

int run_reload(const ReloadOptions& options) {
    v1::ReloadReport report;
    if (const int code =
            connect_and_request(kReload, kReload, options.common, options.request, report);
        code != kOk) {
        return code;
    }
    for (const std::string& diagnostic : report.diagnostics()) {
        print_note(diagnostic);
    }
    for (const std::string& warning : report.warnings()) {
        print_note(warning);
    }
    const int printed = print(
        kReload,
        options.common.format == Format::json ? json_line(report)
                                              : report_text(report, options.request)
    );
    const auto error = wire::error_of(report);
    return error ? print_reload_error(*error, options.request.dry_run()) : printed;
}

}  // namespace

Command reload_command(const SharedConnection& connection) {
    auto options = std::make_shared<ReloadOptions>();
    options->common.connection = connection;
    options->request.set_background(true);
    Command command{.name = "reload", .summary = "Reload the daemon's configuration"};
    OptionSet& set = command.options;
    set.add(
        {"--wait",
         "",
         "Wait for the outcome and print the changes, or why the reload failed",
         value::flag([options] { options->request.set_background(false); })}
    );
    set.add({"--dry-run", "", "Print the changes without making them", value::flag([options] {
                 options->request.set_dry_run(true);
                 options->request.set_background(false);
             })}
    ).excludes = {"--wait"};
    set.add(
        {"--force",
         "",
         "Apply changes of streams that remove stored messages",
         value::flag([options] { options->request.set_force(true); })}
    );
    add_admin(set, options->common);
    command.footer = kAdminFooter;
    command.run = [options] { return run_reload(*options); };
    return command;
}

}  // namespace telex::cli

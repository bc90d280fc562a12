// `telex log-level`: prints or sets the daemon's log level.
#include "base/printable.hpp"
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/options/values.hpp"
#include "telex/v1/admin.pb.h"

#include <memory>

namespace telex::cli {
namespace {

struct LogLevelOptions {
    AdminOptions common;
    v1::SetLogLevel request;
};

}  // namespace

Command log_level_command(const SharedConnection& connection) {
    auto options = std::make_shared<LogLevelOptions>();
    options->common.connection = connection;
    Command command{.name = "log-level", .summary = "Print or set the daemon's log level"};
    OptionSet& set = command.options;
    set.add(
        {"LEVEL",
         "",
         "Minimum level to log, until the next reload: debug, info, warning or error. Without it, "
         "print the current level",
         value::choice(
             {"debug", "info", "warning", "error"},
             [options](const std::string& level) { options->request.set_level(level); }
         )}
    );
    add_admin(set, options->common);
    command.footer = kAdminFooter;
    command.run = [options] {
        return run_admin_command<v1::LogLevel>(
            "log-level",
            options->common,
            options->request,
            [](const v1::LogLevel& reply) { return printable(reply.level()) + "\n"; }
        );
    };
    return command;
}

}  // namespace telex::cli

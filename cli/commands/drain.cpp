// `telex drain`: drains the daemon's connections and stops it.
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "telex/v1/admin.pb.h"

#include <memory>

namespace telex::cli {
Command drain_command(const SharedConnection& connection) {
    auto options = std::make_shared<AdminOptions>();
    options->connection = connection;
    Command command{.name = "drain", .summary = "Drain the daemon's connections, then stop it"};
    add_admin(command.options, *options);
    command.footer = kAdminFooter;
    command.run = [options] {
        return run_admin_command<v1::Draining>(
            "drain",
            *options,
            v1::Drain(),
            [](const v1::Draining&) { return std::string("the daemon drains and stops\n"); }
        );
    };
    return command;
}

}  // namespace telex::cli

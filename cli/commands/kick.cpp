// `telex kick`: closes a connection.
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/options/values.hpp"
#include "telex/v1/admin.pb.h"

#include <fmt/format.h>

#include <memory>

namespace telex::cli {
namespace {

struct KickOptions {
    AdminOptions common;
    v1::Kick request;
};

}  // namespace

Command kick_command(const SharedConnection& connection) {
    auto options = std::make_shared<KickOptions>();
    options->common.connection = connection;
    Command command{.name = "kick", .summary = "Close a connection, or all connections of a user"};
    OptionSet& set = command.options;
    set.begin_exactly_one("User");
    set.add(
        {"CONNECTION",
         "",
         "Number of the connection, see `telex connections`",
         value::count([options](std::uint64_t number) { options->request.set_connection(number); })}
    );
    set.add(
        {"--user",
         "NAME",
         "Close all connections of this user; to authenticate as a user give --user before `kick`",
         value::text([options](const std::string& name) { options->request.set_user(name); })}
    );
    set.end_section();
    set.add(
        {"--reason",
         "TEXT",
         "Reason to send to the client",
         value::text([options](const std::string& reason) { options->request.set_reason(reason); })}
    );
    add_admin(set, options->common);
    command.examples = {
        {"Close a connection", "telex kick 12 --reason \"too loud\""},
        {"Close all connections of a user", "telex kick --user anna"},
    };
    command.footer = kAdminFooter;
    command.run = [options] {
        return run_admin_command<v1::Kicked>(
            "kick",
            options->common,
            options->request,
            [&options](const v1::Kicked& kicked) {
                return options->request.user().empty()
                           ? fmt::format("connection {} closed\n", options->request.connection())
                           : fmt::format(
                                 "{} connection{} closed\n",
                                 kicked.connections(),
                                 kicked.connections() == 1 ? "" : "s"
                             );
            }
        );
    };
    return command;
}

}  // namespace telex::cli

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
    Command command{.name = "kick", .summary = "Close a connection"};
    OptionSet& set = command.options;
    set.add({"CONNECTION",
             "",
             "Number of the connection, see `telex connections`",
             value::count([options](std::uint64_t number) {
                 options->request.set_connection(number);
             })}
    ).required = true;
    set.add(
        {"--reason",
         "TEXT",
         "Reason to send to the client",
         value::text([options](const std::string& reason) { options->request.set_reason(reason); })}
    );
    add_admin(set, options->common);
    command.footer = kAdminFooter;
    command.run = [options] {
        return run_admin_command<v1::Kicked>(
            "kick",
            options->common,
            options->request,
            [&options](const v1::Kicked&) {
                return fmt::format("connection {} closed\n", options->request.connection());
            }
        );
    };
    return command;
}

}  // namespace telex::cli

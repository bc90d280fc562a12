// `telex users`: lists users, and what became of the messages for them.
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/admin.pb.h"

#include <memory>

namespace telex::cli {
namespace {

struct UsersOptions {
    AdminOptions common;
    v1::ListUsers query;
};

std::string user_table(const v1::UserList& list) {
    Table table({
        {"USER"},
        {"CLIENTS", Align::right},
        {"SUBSCRIPTIONS", Align::right},
        {"REQUESTS", Align::right},
        {"ROUTED", Align::right},
        {"DELIVERED", Align::right},
        {"DROPPED", Align::right},
        {"WAITING", Align::right},
        {"QUEUED", Align::right},
    });
    for (const v1::UserInfo& row : list.users()) {
        table.add({
            row.name().empty() ? "-" : row.name(),
            std::to_string(row.clients()),
            std::to_string(row.subscriptions()),
            std::to_string(row.pending_requests()),
            std::to_string(row.routed_messages()),
            std::to_string(row.delivered_messages()),
            std::to_string(row.dropped_messages()),
            std::to_string(row.held_messages()),
            std::to_string(row.queued_messages()),
        });
    }
    return table.text();
}

std::string users_text(const v1::UserList& list) {
    return user_table(list) + truncation_note(list.users_size(), list.total());
}

}  // namespace

Command users_command(const SharedConnection& connection) {
    auto options = std::make_shared<UsersOptions>();
    options->common.connection = connection;
    Command command{.name = "users", .summary = "List users and the messages for them"};
    OptionSet& set = command.options;
    add_limit(set, [options](std::uint32_t limit) { options->query.set_limit(limit); }, "100");
    add_admin(set, options->common);
    command.footer = kAdminFooter;
    command.run = [options] {
        return run_admin_command<v1::UserList>(
            "users", options->common, options->query, users_text
        );
    };
    return command;
}

}  // namespace telex::cli

// `telex listeners`: lists listeners.
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/admin.pb.h"

#include <fmt/format.h>

#include <memory>

namespace telex::cli {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::string listener_table(const v1::ListenerList& list) {
    Table table({
        {"LISTENER"},
        {"PROTOCOL"},
        {"FRAMING"},
        {"CONNECTIONS", Align::right},
        {"MAX", Align::right},
        {"TOTAL", Align::right},
        {"CERTIFICATE EXPIRES (UTC)"},
        {"ADDRESS"},
    });
    for (const v1::ListenerStatus& row : list.listeners()) {
        const std::int64_t expires = row.certificate_expires_unix_seconds();
        table.add({
            row.name(),
            row.protocol(),
            row.framing(),
            std::to_string(row.connections()),
            std::to_string(row.max_connections()),
            std::to_string(row.accepted_total()),
            expires == 0 ? std::string() : date_text(expires * kNanoseconds),
            fmt::format("{}", fmt::join(row.addresses(), " ")),
        });
    }
    return table.text();
}

}  // namespace

Command listeners_command(const SharedConnection& connection) {
    auto options = std::make_shared<AdminOptions>();
    options->connection = connection;
    Command command{.name = "listeners", .summary = "List listeners"};
    add_admin(command.options, *options);
    command.footer = kAdminFooter;
    command.run = [options] {
        return run_admin_command<v1::ListenerList>(
            "listeners", *options, v1::ListListeners(), listener_table
        );
    };
    return command;
}

}  // namespace telex::cli

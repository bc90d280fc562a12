// `telex status`: prints $SYS.info and $SYS.stats.
#include "cli/commands/commands.hpp"
#include "cli/commands/status_text.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/output.hpp"

#include <unistd.h>

#include <memory>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::string_view kStatus = "status";

int run_status(const AdminOptions& options) {
    SignalWaiter signals;
    auto connection = open_connection(kStatus, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    SignalWaiter::release();
    Client& client = connection->client;
    v1::ServerInfo info;
    v1::ServerStats stats;
    v1::ServerTime time;
    const std::pair<const char*, google::protobuf::Message*> requests[] = {
        {"info", &info}, {"stats", &stats}, {"time", &time}
    };
    for (const auto& [subject, reply] : requests) {
        if (const auto done = request_system(client, subject, {}, *reply, options.timeout); !done) {
            return fail(kStatus, failure_of(done.error()));
        }
    }
    connection->close();
    Output output(STDOUT_FILENO);
    output.write(
        options.format == Format::json
            ? status_json(info, stats)
            : status_text(info, stats, std::chrono::nanoseconds(time.unix_nanoseconds()))
    );
    output.flush();
    return output.exit_code(kStatus);
}

}  // namespace

Command status_command(const SharedConnection& connection) {
    auto options = std::make_shared<AdminOptions>();
    options->connection = connection;
    Command command{
        .name = "status", .summary = "Print listeners, connections and counters of an exchange"
    };
    add_admin(command.options, *options);
    command.run = [options] { return run_status(*options); };
    return command;
}

}  // namespace telex::cli

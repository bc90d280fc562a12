// `telex status`: asks the exchange about itself.
#include "cli/commands/status_text.hpp"
#include "cli/commands/verb.hpp"
#include "cli/connection/connection.hpp"
#include "cli/connection/operator.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/option_types.hpp"
#include "cli/terminal/output.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <memory>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::string_view kStatus = "status";

struct StatusOptions {
    ConnectionOptions connection;
    Format format = Format::text;
    std::optional<std::chrono::milliseconds> timeout;
};

int run_status(const StatusOptions& options) {
    Stop stop;
    auto connection = open_connection(kStatus, options.connection, stop);
    if (!connection) {
        return connection.error();
    }
    Stop::release();
    Client& client = connection->client;
    v1::ServerInfo info;
    v1::ServerStats stats;
    v1::ServerTime time;
    const std::pair<const char*, google::protobuf::Message*> questions[] = {
        {"info", &info}, {"stats", &stats}, {"time", &time}
    };
    for (const auto& [subject, answer] : questions) {
        if (const auto answered = ask(client, subject, {}, *answer, options.timeout); !answered) {
            return fail(kStatus, answered.error());
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

Action add_status(CLI::App& app) {
    auto options = std::make_shared<StatusOptions>();
    add_format(app, options->format, "table");
    add_duration(app, "--timeout", options->timeout, "How long to wait for each answer (10s)");
    add_connection(app, options->connection);
    return [options] { return run_status(*options); };
}

}  // namespace telex::cli

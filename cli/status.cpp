// `telex status`: asks the exchange about itself.
#include "cli/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_types.hpp"
#include "cli/output.hpp"
#include "cli/status_text.hpp"
#include "cli/verb.hpp"
#include <telex/typed.hpp>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <memory>

namespace telex::cli {
namespace {

constexpr std::string_view kVerb = "status";

struct StatusOptions {
    ConnectionOptions connection;
    Format format = Format::text;
    std::optional<std::chrono::milliseconds> timeout;
};

template <class Answer>
Expected<Answer> ask(Client& client, std::string_view subject, const RequestOptions& options) {
    const auto answer = client.request(subject, {}, options);
    if (!answer) {
        return tl::unexpected(answer.error());
    }
    return parse<Answer>(*answer);
}

int run_status(const StatusOptions& options) {
    Stop stop;
    auto connection = open_connection(kVerb, options.connection, stop);
    if (!connection) {
        return connection.error();
    }
    Stop::release();
    Client& client = connection->client;
    const RequestOptions request{.timeout = options.timeout};
    const auto info = ask<v1::ServerInfo>(client, "$SYS.info", request);
    if (!info) {
        return fail(kVerb, info.error());
    }
    const auto stats = ask<v1::ServerStats>(client, "$SYS.stats", request);
    if (!stats) {
        return fail(kVerb, stats.error());
    }
    const auto time = ask<v1::ServerTime>(client, "$SYS.time", request);
    if (!time) {
        return fail(kVerb, time.error());
    }
    connection->close();
    Output output(STDOUT_FILENO);
    output.write(
        options.format == Format::json
            ? status_json(*info, *stats)
            : status_text(*info, *stats, std::chrono::nanoseconds(time->unix_nanoseconds()))
    );
    output.flush();
    return output.exit_code(kVerb);
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

// `telex trace`: what happens to messages, live: a line for each step of each message.
#include "base/printable.hpp"
#include "cli/commands/verb.hpp"
#include "cli/connection/operator.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/complain.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/admin.pb.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <limits>
#include <memory>
#include <optional>

namespace telex::cli {
namespace {

constexpr std::string_view kTrace = "trace";
// How often the exchange is asked what has happened.
constexpr std::chrono::milliseconds kPollInterval{100};

struct TraceOptions {
    OperatorOptions common;
    v1::Trace what;
    std::optional<std::uint64_t> count;
};

// "PUBLISHED" as "published".
std::string name_of(v1::TraceEvent::Kind kind) {
    std::string name = v1::TraceEvent::Kind_Name(kind);
    for (char& letter : name) {
        letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return name;
}

// "2026-11-21 18:50:00.000123  delivered      #12  orders.new  120 B  subscription 3"
std::string line_of(const v1::TraceEvent& event) {
    const std::int64_t time = event.unix_nanoseconds();
    std::string line = fmt::format(
        "{}.{:06}  {:12} {:>6}  {}",
        date_text(time),
        time % 1'000'000'000 / 1'000,
        name_of(event.kind()),
        event.connection() == 0 ? "-" : fmt::format("#{}", event.connection()),
        event.subject().empty() ? "-" : printable(event.subject())
    );
    if (event.bytes() != 0) {
        line += fmt::format("  {} B", event.bytes());
    }
    if (event.subscription() != 0) {
        line += fmt::format("  subscription {}", event.subscription());
    }
    if (event.request() != 0) {
        line += fmt::format("  request {}", event.request());
    }
    if (!event.detail().empty()) {
        line += "  " + printable(event.detail());
    }
    return line + "\n";
}

[[nodiscard]] Result<v1::TraceReport, Failure> ask_trace(
    Client& client, const v1::Trace& question, const TraceOptions& options
) {
    v1::TraceReport report;
    const auto asked = ask_admin(client, "trace", question, report, options.common.timeout);
    if (!asked) {
        return unexpected(asked.error());
    }
    return report;
}

// Writes events until there were enough. False: there is nobody to write to any more.
bool write(
    const v1::TraceReport& report, const TraceOptions& options, std::uint64_t& left, Output& output
) {
    const bool is_json = options.common.format == Format::json;
    for (const v1::TraceEvent& event : report.events()) {
        if (left == 0) {
            break;
        }
        --left;
        output.write(is_json ? json_line(event) : line_of(event));
    }
    if (report.lost() > 0) {
        complain(kTrace, fmt::format("{} events were too many at once", report.lost()));
    }
    return output.flush();
}

// Until it is enough: the exit code.
[[nodiscard]] Result<int, Failure> follow(
    const TraceOptions& options, Client& client, std::uint64_t trace, Stop& stop
) {
    Output output(STDOUT_FILENO);
    v1::Trace question;
    question.set_trace(trace);
    for (std::uint64_t left = options.count.value_or(UINT64_MAX); left > 0 && !question.end();) {
        const Wake wake = stop.wait(kPollInterval);
        question.set_end(wake == Wake::interrupted || wake == Wake::output_closed);
        const auto report = ask_trace(client, question, options);
        if (!report) {
            return unexpected(report.error());
        }
        if (!write(*report, options, left, output)) {
            break;
        }
    }
    question.set_end(true);
    (void)ask_trace(client, question, options);  // it would end by itself
    return output.exit_code(kTrace);
}

[[nodiscard]] Result<int, Failure> trace(const TraceOptions& options, Client& client, Stop& stop) {
    const auto begun = ask_trace(client, options.what, options);
    if (!begun) {
        return unexpected(begun.error());
    }
    tell("tracing; Ctrl-C ends it");
    return follow(options, client, begun->trace(), stop);
}

int run_trace(const TraceOptions& options) {
    Stop stop;
    auto connection = open_connection(kTrace, options.common.connection, stop);
    if (!connection) {
        return connection.error();
    }
    const auto code = trace(options, connection->client, stop);
    connection->close();
    return code ? *code : fail(kTrace, code.error());
}

}  // namespace

Action add_trace(CLI::App& app) {
    auto options = std::make_shared<TraceOptions>();
    app.add_option_function<std::string>(
           "filter",
           [options](const std::string& filter) { options->what.set_filter(filter); },
           "Messages on these subjects; wildcards as in a subscription"
    )
        ->type_name("FILTER");
    add_number(
        app,
        "--connection",
        [options](std::uint64_t number) { options->what.set_connection(number); },
        "What this connection sends and gets, by its number (telex connections)"
    );
    add_number(
        app,
        "--sample",
        [options](std::uint64_t sample) {
            options->what.set_sample(static_cast<std::uint32_t>(sample));
        },
        "Follow one message in this many (1)",
        std::numeric_limits<std::uint32_t>::max()
    );
    add_count(app, "--count", options->count, "End after so many lines");
    add_operator(app, options->common);
    return [options] { return run_trace(*options); };
}

}  // namespace telex::cli

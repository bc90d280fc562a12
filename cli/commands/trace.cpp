// `telex trace`: prints a line for each step of each message, live.
#include "base/printable.hpp"
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/admin.pb.h"

#include <fmt/format.h>
#include <unistd.h>

#include <limits>
#include <memory>
#include <optional>

namespace telex::cli {
namespace {

constexpr std::string_view kTrace = "trace";
// Interval between requests for new events.
constexpr std::chrono::milliseconds kPollInterval{100};

struct TraceOptions {
    AdminOptions common;
    v1::Trace trace;
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

// "billing #12"
std::string client_of(const v1::TraceEvent& event) {
    if (event.connection() == 0) {
        return "-";
    }
    const std::string number = fmt::format("#{}", event.connection());
    return event.client_name().empty()
               ? number
               : fmt::format("{} {}", printable(event.client_name()), number);
}

// "2026-11-21 18:50:00.000123  delivered    billing #12  orders.new  120 B  subscription 3"; the
// size is that of the payload.
std::string line_of(const v1::TraceEvent& event) {
    std::string line = fmt::format(
        "{}  {:12} {:>16}  {}",
        time_text(event.unix_nanoseconds()),
        name_of(event.kind()),
        client_of(event),
        event.subject().empty() ? "-" : printable(event.subject())
    );
    if (event.bytes() != 0) {
        line += fmt::format("  {} B", event.payload_bytes());
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

[[nodiscard]] Result<v1::TraceReport, Failure> request_trace(
    Client& client, const v1::Trace& request, const TraceOptions& options
) {
    v1::TraceReport report;
    const auto done = request_admin(client, "trace", request, report, options.common.timeout);
    if (!done) {
        return unexpected(done.error());
    }
    return report;
}

// Writes events, at most `left`. Returns false if the output has ended.
bool write_events(
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
        print_error(kTrace, fmt::format("{} events lost: too many at once", report.lost()));
    }
    return output.flush();
}

// Prints events until the command is stopped. Returns the exit code.
[[nodiscard]] Result<int, Failure> follow(
    const TraceOptions& options, Client& client, std::uint64_t trace, SignalWaiter& signals
) {
    Output output(STDOUT_FILENO);
    v1::Trace request;
    request.set_trace(trace);
    for (std::uint64_t left = options.count.value_or(UINT64_MAX); left > 0 && !request.end();) {
        const Wake wake = signals.wait(kPollInterval);
        request.set_end(wake == Wake::interrupted || wake == Wake::output_closed);
        const auto report = request_trace(client, request, options);
        if (!report) {
            return unexpected(report.error());
        }
        if (!write_events(*report, options, left, output)) {
            break;
        }
    }
    request.set_end(true);
    // Best effort: an abandoned trace ends by itself.
    (void)request_trace(client, request, options);
    return output.exit_code(kTrace);
}

[[nodiscard]] Result<int, Failure> start_trace(
    const TraceOptions& options, Client& client, SignalWaiter& signals
) {
    const auto started = request_trace(client, options.trace, options);
    if (!started) {
        return unexpected(started.error());
    }
    print_note("tracing; stop with Ctrl-C");
    return follow(options, client, started->trace(), signals);
}

int run_trace(const TraceOptions& options) {
    SignalWaiter signals;
    auto connection = open_connection(kTrace, *options.common.connection, signals);
    if (!connection) {
        return connection.error();
    }
    const auto code = start_trace(options, connection->client, signals);
    connection->close();
    return code ? *code : fail(kTrace, code.error());
}

}  // namespace

Command trace_command(const SharedConnection& connection) {
    auto options = std::make_shared<TraceOptions>();
    options->common.connection = connection;
    Command command{.name = "trace", .summary = "Trace messages live, step by step"};
    OptionSet& set = command.options;
    set.add(
        {"FILTER",
         "",
         "Trace messages on these subjects; may contain wildcards",
         value::text([options](const std::string& filter) { options->trace.set_filter(filter); })}
    );
    set.add(
        {"--connection",
         "NUMBER",
         "Trace messages from and to this connection",
         value::count([options](std::uint64_t number) { options->trace.set_connection(number); })}
    );
    set.add(
        {"--sample",
         "N",
         "Trace one of N messages (default: 1, all)",
         value::count(
             [options](std::uint64_t sample) {
                 options->trace.set_sample(static_cast<std::uint32_t>(sample));
             },
             std::numeric_limits<std::uint32_t>::max()
         )}
    );
    set.add({"--count", "N", "Exit after this many lines", value::count(options->count)});
    add_admin(set, options->common);
    command.examples = {
        {"Follow the messages below 'orders'", "telex trace 'orders.>'"},
        {"Follow one connection", "telex trace --connection 12"},
    };
    command.footer = kAdminFooter;
    command.run = [options] { return run_trace(*options); };
    return command;
}

}  // namespace telex::cli

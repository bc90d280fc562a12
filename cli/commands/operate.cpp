// The commands that do something to a running daemon: `telex kick`, `drain`, `log-level`, `reload`.
#include "base/printable.hpp"
#include "cli/commands/verb.hpp"
#include "cli/connection/operator.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/complain.hpp"
#include "telex/v1/admin.pb.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>

namespace telex::cli {
namespace {

template <class Request>
struct CommandOptions {
    OperatorOptions common;
    Request request;
};

template <class Answer>
std::string shown(const OperatorOptions& options, const Answer& answer, const std::string& text) {
    return options.format == Format::json ? json_line(answer) : text;
}

int run_kick(const CommandOptions<v1::Kick>& options) {
    v1::Kicked answer;
    const int code =
        ask_operators_or_complain("kick", "kick", options.common, options.request, answer);
    const auto text = fmt::format("connection {} is closed\n", options.request.connection());
    return code != kOk ? code : print("kick", shown(options.common, answer, text));
}

int run_drain(const CommandOptions<v1::Drain>& options) {
    v1::Draining answer;
    const int code =
        ask_operators_or_complain("drain", "drain", options.common, options.request, answer);
    return code != kOk
               ? code
               : print("drain", shown(options.common, answer, "the daemon drains and stops\n"));
}

int run_log_level(const CommandOptions<v1::SetLogLevel>& options) {
    v1::LogLevel answer;
    const int code = ask_operators_or_complain(
        "log-level", "log-level", options.common, options.request, answer
    );
    return code != kOk
               ? code
               : print(
                     "log-level", shown(options.common, answer, printable(answer.level()) + "\n")
                 );
}

std::string report_text(const v1::ReloadReport& report, const v1::Reload& request) {
    if (request.background()) {
        return "asked for; the log says how it ends\n";
    }
    std::string text;
    for (const v1::ConfigChange& change : report.changes()) {
        text += printable(change.text()) + (change.needs_restart() ? "  (only by a restart)" : "") +
                "\n";
    }
    if (wire::error_of(report)) {
        return text;
    }
    for (const v1::ReloadEffect& effect : report.effects()) {
        text += printable(effect.text()) + "\n";
    }
    if (text.empty()) {
        return text + "nothing has changed\n";
    }
    return text + (request.dry_run() ? "a reload would do this\n" : "reloaded\n");
}

int run_reload(const CommandOptions<v1::Reload>& options) {
    constexpr std::string_view kVerb = "reload";
    v1::ReloadReport report;
    const int code = ask_operators(kVerb, "reload", options.common, options.request, report);
    if (code != kOk) {
        return code;
    }
    for (const std::string& diagnostic : report.diagnostics()) {
        tell(diagnostic);
    }
    for (const std::string& warning : report.warnings()) {
        tell(warning);
    }
    const int printed =
        print(kVerb, shown(options.common, report, report_text(report, options.request)));
    const auto error = wire::error_of(report);
    if (!error) {
        return printed;
    }
    complain_quoting(
        kVerb,
        fmt::format(
            "{}: {}",
            options.request.dry_run() ? "a reload would be refused"
                                      : "refused, everything stays as it was",
            error->message()
        )
    );
    // A daemon that sends no code refuses a reload for its configuration only.
    return error->code() == v1::AdminError::CODE_UNSPECIFIED ? kBadConfiguration
                                                             : exit_code_of(error->code());
}

}  // namespace

Action add_kick(CLI::App& app) {
    auto options = std::make_shared<CommandOptions<v1::Kick>>();
    add_number(
        app,
        "CONNECTION",
        [options](std::uint64_t number) { options->request.set_connection(number); },
        "Its number, as `telex connections` shows it"
    )
        ->required()
        ->type_name("");
    app.add_option_function<std::string>(
           "--reason",
           [options](const std::string& reason) { options->request.set_reason(reason); },
           "What its client is told"
    )
        ->type_name("TEXT");
    add_operator(app, options->common);
    return [options] { return run_kick(*options); };
}

Action add_drain(CLI::App& app) {
    auto options = std::make_shared<CommandOptions<v1::Drain>>();
    add_operator(app, options->common);
    return [options] { return run_drain(*options); };
}

Action add_log_level(CLI::App& app) {
    auto options = std::make_shared<CommandOptions<v1::SetLogLevel>>();
    app.add_option_function<std::string>(
           "LEVEL",
           [options](const std::string& level) { options->request.set_level(level); },
           "The least important lines that are written, until the next reload; without it, tells"
    )
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
        ->type_name("debug|info|warning|error");
    add_operator(app, options->common);
    return [options] { return run_log_level(*options); };
}

Action add_reload(CLI::App& app) {
    auto options = std::make_shared<CommandOptions<v1::Reload>>();
    options->request.set_background(true);
    CLI::Option* const wait = app.add_flag_callback(
        "--wait",
        [options] { options->request.set_background(false); },
        "Come back when it is done, with what has changed, or why it was refused"
    );
    app.add_flag_callback(
           "--dry-run",
           [options] {
               options->request.set_dry_run(true);
               options->request.set_background(false);
           },
           "Only show what would change"
    )
        ->excludes(wait);
    add_operator(app, options->common);
    return [options] { return run_reload(*options); };
}

}  // namespace telex::cli

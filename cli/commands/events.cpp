// `telex events`: prints a line for each event of the exchange.
#include "base/printable.hpp"
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/messages/event_text.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/subscriber/follow.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>

namespace telex::cli {
namespace {

constexpr std::string_view kEvents = "events";
constexpr std::string_view kSubject = "$SYS.event.";

struct EventsOptions {
    SharedConnection connection;
    std::string kind = ">";
    Format format = Format::text;
    std::optional<std::uint64_t> count;
    std::optional<std::chrono::milliseconds> timeout;
};

std::string line_of(const Message& message, Format format) {
    v1::Event event;
    if (!event.ParseFromString(message.payload)) {
        return fmt::format("{}: not an event\n", printable(message.subject));
    }
    return format == Format::json ? json_line(event) : event_text(event) + "\n";
}

int run_events(const EventsOptions& options) {
    FollowOptions follow_options{
        .command = kEvents,
        .filters = {std::string(kSubject) + options.kind},
        .subscribe = {},
        .count = options.count,
        .timeout = options.timeout,
    };
    follow_options.subscribe.max_messages = options.count;
    Output output(STDOUT_FILENO);
    MessageSink sink(
        {.excluded = {}, .count = options.count, .dump = {}},
        [&options](const Message& message, const Arrival&) {
            return line_of(message, options.format);
        },
        output
    );
    return follow(*options.connection, follow_options, sink, output);
}

}  // namespace

Command events_command(const SharedConnection& connection) {
    auto options = std::make_shared<EventsOptions>();
    options->connection = connection;
    Command command{.name = "events", .summary = "Print the events of an exchange, live"};
    OptionSet& set = command.options;
    set.add(
        {"KIND",
         "",
         "Kind of the events (default: all): connect, disconnect, authentication_failure, "
         "slow_consumer or reload",
         value::choice(
             {"connect", "disconnect", "authentication_failure", "slow_consumer", "reload"},
             [options](const std::string& kind) { options->kind = kind; }
         )}
    );
    add_format(set, options->format);
    set.add({"-n,--count", "N", "Exit after this many events", value::count(options->count)});
    set.add(
        {"--timeout",
         "DURATION",
         "Exit after this time; with 1 if --count was not reached",
         value::duration(options->timeout)}
    );
    command.examples = {
        {"Watch who connects", "telex events connect"},
    };
    command.footer =
        "Allowed for root and the exchange's own user on a unix socket, and for users who\n"
        "may subscribe to $SYS.event.>.";
    command.run = [options] { return run_events(*options); };
    return command;
}

}  // namespace telex::cli

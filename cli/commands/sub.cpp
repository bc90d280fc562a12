// `telex sub`: prints messages until it is stopped.
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/messages/message_printer.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/subscriber/follow.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"
#include "telex/v1/event.pb.h"
#include "wire/subject.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace telex::cli {
namespace {

constexpr std::string_view kSub = "sub";

struct SubOptions {
    SharedConnection connection;
    std::vector<std::string> filters;
    std::vector<std::string> excluded;
    SubscribeOptions subscribe;
    PrintOptions print{.delimiter = "\n"};
    ProtoSource proto;
    std::string dump;
    std::optional<std::uint64_t> count;
    std::optional<std::chrono::milliseconds> timeout;
    bool verbose = false;

    FollowOptions follow() const {
        FollowOptions options{
            .command = kSub,
            .filters = filters,
            .subscribe = subscribe,
            .count = count,
            .timeout = timeout,
            .verbose = verbose,
        };
        // Otherwise the sink counts.
        if (filters.size() == 1 && excluded.empty()) {
            options.subscribe.max_messages = count;
        }
        return options;
    }
};

// The type of the payloads: the given one, or that of events if all filters are for events.
[[nodiscard]] Result<std::optional<ProtoType>, std::string> payload_type(const SubOptions& options
) {
    ProtoSource source = options.proto;
    const bool given = !source.file.empty() || !source.type.empty();
    const bool events = std::ranges::all_of(options.filters, [](const std::string& filter) {
        return filter.starts_with("$SYS.event.");
    });
    if (!given && !events) {
        return std::optional<ProtoType>();
    }
    if (!given) {
        source.type = v1::Event::descriptor()->full_name();
    }
    auto type = ProtoType::load(source);
    if (!type) {
        return unexpected(std::move(type.error()));
    }
    return std::optional<ProtoType>(*std::move(type));
}

[[nodiscard]] Result<SinkOptions, std::string> sink_options(const SubOptions& options) {
    SinkOptions sink{.excluded = options.excluded, .count = options.count, .dump = {}};
    for (const std::string& filter : options.excluded) {
        if (const auto error = wire::check_filter(filter)) {
            return unexpected(fmt::format("--exclude: '{}' {}", filter, wire::text_of(*error)));
        }
    }
    if (!options.dump.empty()) {
        auto dump = MessageDump::open(options.dump);
        if (!dump) {
            return unexpected(std::move(dump.error()));
        }
        sink.dump = *std::move(dump);
    }
    return sink;
}

int run_sub(const SubOptions& options) {
    auto type = payload_type(options);
    auto sink = sink_options(options);
    if (!type || !sink) {
        print_error(kSub, type ? sink.error() : type.error());
        return kUsage;
    }
    PrintOptions print = options.print;
    print.colours = Colours::for_output(STDOUT_FILENO);
    const MessagePrinter printer(print, *std::move(type));
    Output output(STDOUT_FILENO);
    MessageSink messages(
        *std::move(sink),
        [&printer](const Message& message, const Arrival& arrival) {
            return printer.print(message, arrival);
        },
        output
    );
    return follow(*options.connection, options.follow(), messages, output);
}

void add_output(OptionSet& set, SubOptions& options) {
    add_print(set, options.print);
    add_arrival(set, options.print);
    set.begin_section("Output");
    add_proto_file(set, options.proto);
    set.add({"--type", "NAME", "Protobuf message in the payloads", value::text(options.proto.type)}
    );
    set.add({"--dump",
             "DIR",
             "Write each payload to a new file in this folder, and print the file's name",
             value::text(options.dump)})
        .excludes = {"--format", "--raw", "--headers-only", "--pretty", "--number", "--timestamps"};
    set.end_section();
}

}  // namespace

Command sub_command(const SharedConnection& connection) {
    auto options = std::make_shared<SubOptions>();
    options->connection = connection;
    Command command{.name = "sub", .summary = "Subscribe and print the messages"};
    OptionSet& set = command.options;
    set.add({"FILTER",
             "",
             "Subjects; '*' matches one token, '>' the rest; repeatable",
             value::texts(options->filters)})
        .required = true;
    set.add(
        {"--exclude",
         "FILTER",
         "Ignore messages on these subjects (repeatable)",
         value::texts(options->excluded)}
    );
    set.add({"-n,--count", "N", "Exit after this many messages", value::count(options->count)});
    set.add(
        {"--timeout",
         "DURATION",
         "Exit after this time; with 1 if --count was not reached",
         value::duration(options->timeout)}
    );
    set.add({"-v,--verbose", "", "Print message counts at the end", value::flag(options->verbose)});
    add_output(set, *options);
    add_subscription(set, options->subscribe);
    command.examples = {
        {"Print all messages below 'log', except debug messages",
         "telex sub 'log.>' --exclude 'log.*.debug'"},
        {"Show when messages arrive, with JSON indented",
         "telex sub orders.new --timestamps --pretty"},
        {"Wait for one message, at most a minute", "telex sub -n 1 --timeout 1m orders.new"},
        {"Keep the payloads of two subjects", "telex sub photos scans --dump received"},
    };
    command.footer =
        "Prints \"listening on 'FILTER'\" on standard error when the subscription is\n"
        "active. Ctrl-C and a closed output pipe end it with 0. A message that matches\n"
        "two filters is printed twice.";
    command.run = [options] { return run_sub(*options); };
    return command;
}

}  // namespace telex::cli

// `telex sub`: prints messages until it is stopped.
//
// One thread prints messages. The main thread waits for the end: Ctrl-C, a closed pipe (also while
// nothing arrives), the time-out, or the end of the printing thread.
#include "cli/commands/commands.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/messages/message_printer.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"
#include "telex/v1/event.pb.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <thread>

namespace telex::cli {
namespace {

constexpr std::string_view kSub = "sub";
constexpr std::chrono::milliseconds kDrainTime = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kForever = std::chrono::hours(24 * 365);

struct SubOptions {
    SharedConnection connection;
    std::string filter;
    SubscribeOptions subscribe;
    PrintOptions print{.delimiter = "\n"};
    ProtoSource proto;
    std::optional<std::uint64_t> count;
    std::optional<std::chrono::milliseconds> timeout;
    bool verbose = false;
};

// Written by the printing thread, read after it was joined.
struct Printed {
    std::uint64_t messages = 0;
    std::optional<Error> error;
};

// Prints messages until the subscription ends. Flushes when no message is waiting.
void print_messages(
    Subscription& subscription, const MessagePrinter& printer, Output& output, Printed& printed
) {
    for (;;) {
        auto message = subscription.try_next();
        if (!message) {
            if (!output.flush()) {
                return;
            }
            auto next = subscription.next(kForever);
            if (!next) {
                if (next.error().code != Errc::subscription_ended) {
                    printed.error = next.error();
                }
                return;
            }
            message = *std::move(next);
        }
        if (!output.write(printer.print(*message))) {
            return;
        }
        ++printed.messages;
    }
}

int exit_code_after(const SubOptions& options, Wake wake, const Printed& printed) {
    if (printed.error && printed.error->code != Errc::closed) {
        return fail(kSub, *printed.error);
    }
    if (wake == Wake::timed_out && printed.messages < options.count.value_or(0)) {
        print_error(
            kSub,
            fmt::format(
                "received {} of {} messages before the time-out", printed.messages, *options.count
            )
        );
        return kRefused;
    }
    return kOk;
}

int follow(const SubOptions& options, const MessagePrinter& printer) {
    SignalWaiter signals;
    auto connection = open_connection(kSub, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    auto subscription = connection->client.subscribe(options.filter, options.subscribe);
    if (!subscription) {
        return fail(kSub, subscription.error());
    }
    print_note(fmt::format("listening on '{}'", options.filter));
    Output output(STDOUT_FILENO);
    Printed printed;
    std::thread printing([&] {
        print_messages(*subscription, printer, output, printed);
        signals.notify();
    });
    const Wake wake = signals.wait(options.timeout);
    const bool lost = connection->client.status() == Status::closed;
    // Messages that had arrived are still printed, unless the pipe is closed.
    if (wake == Wake::output_closed || !subscription->drain(kDrainTime)) {
        // Fails only if the subscription has already ended.
        (void)subscription->unsubscribe();
    }
    printing.join();
    const SubscriptionStatistics statistics = subscription->statistics();
    connection->close();
    if (options.verbose) {
        print_note(fmt::format(
            "{} messages received, {} dropped by this client, {} dropped by the exchange",
            printed.messages,
            statistics.dropped,
            statistics.dropped_by_exchange
        ));
    }
    const int errors = connection->errors->finish();
    if (lost) {
        return errors != kOk ? errors : kUnavailable;
    }
    const int code = exit_code_after(options, wake, printed);
    const int output_code = output.exit_code(kSub);
    return code != kOk ? code : (output_code != kOk ? output_code : errors);
}

// The type of the events on $SYS.event.*.
std::string event_type() {
    return v1::Event::descriptor()->full_name();
}

int run_sub(const SubOptions& options) {
    std::optional<ProtoType> type;
    if (!options.proto.file.empty() || !options.proto.type.empty()) {
        auto loaded = ProtoType::load(options.proto);
        if (!loaded) {
            print_error(kSub, loaded.error());
            return kUsage;
        }
        type = *std::move(loaded);
    }
    if (!type && options.filter.starts_with("$SYS.event.")) {
        auto event = ProtoType::load({.file = {}, .paths = {}, .type = event_type()});
        if (event) {
            type = *std::move(event);
        }
    }
    return follow(options, MessagePrinter(options.print, std::move(type)));
}

}  // namespace

Command sub_command(const SharedConnection& connection) {
    auto options = std::make_shared<SubOptions>();
    options->connection = connection;
    Command command{.name = "sub", .summary = "Subscribe and print the messages"};
    OptionSet& set = command.options;
    set.add({"FILTER",
             "",
             "Subject; '*' matches one token, '>' the rest",
             value::text(options->filter)})
        .required = true;
    add_print(set, options->print);
    set.begin_section("Output");
    add_proto_file(set, options->proto);
    set.add({"--type", "NAME", "Protobuf message in the payloads", value::text(options->proto.type)}
    );
    set.end_section();
    set.add({"-n,--count", "N", "Exit after this many messages", value::count(options->count)});
    set.add(
        {"--timeout",
         "DURATION",
         "Exit after this time; with 1 if --count was not reached",
         value::duration(options->timeout)}
    );
    add_subscription(set, options->subscribe);
    set.add({"-v,--verbose", "", "Print message counts at the end", value::flag(options->verbose)});
    command.examples = {
        {"Print all messages below 'log'", "telex sub 'log.>'"},
        {"Wait for one message, at most a minute", "telex sub -n 1 --timeout 1m orders.new"},
    };
    command.footer =
        "Prints \"listening on 'FILTER'\" on standard error when the subscription is\n"
        "active. Ctrl-C and a closed output pipe end it with 0.";
    command.run = [options] {
        options->subscribe.max_messages = options->count;
        return run_sub(*options);
    };
    return command;
}

}  // namespace telex::cli

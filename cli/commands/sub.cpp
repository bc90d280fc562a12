// `telex sub`: shows messages until it is told to stop.
//
// One thread takes and prints messages; the command's own thread waits for the end: Ctrl-C, a
// closed pipe (also while nothing arrives), the time-out, or the printer itself.
#include "cli/commands/verb.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/messages/message_printer.hpp"
#include "cli/options/option_types.hpp"
#include "cli/options/subscribe_options.hpp"
#include "cli/terminal/complain.hpp"
#include "cli/terminal/output.hpp"
#include "telex/v1/event.pb.h"

#include <CLI/CLI.hpp>
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
    ConnectionOptions connection;
    std::string filter;
    SubscribeOptions subscribe;
    PrintOptions print{.delimiter = "\n"};
    ProtoSource proto;
    std::optional<std::uint64_t> count;
    std::optional<std::chrono::milliseconds> timeout;
    bool verbose = false;
};

// What the printing thread did; read after it was joined.
struct Printed {
    std::uint64_t messages = 0;
    std::optional<Error> error;
};

// Takes messages until the subscription ends; what is at hand is printed before it is flushed.
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
        complain(
            kSub, fmt::format("{} of {} messages came in time", printed.messages, *options.count)
        );
        return kRefused;
    }
    return kOk;
}

int follow(const SubOptions& options, const MessagePrinter& printer) {
    Stop stop;
    auto connection = open_connection(kSub, options.connection, stop);
    if (!connection) {
        return connection.error();
    }
    auto subscription = connection->client.subscribe(options.filter, options.subscribe);
    if (!subscription) {
        return fail(kSub, subscription.error());
    }
    tell(fmt::format("listening on '{}'", options.filter));
    Output output(STDOUT_FILENO);
    Printed printed;
    std::thread printing([&] {
        print_messages(*subscription, printer, output, printed);
        stop.notify();
    });
    const Wake wake = stop.wait(options.timeout);
    const bool lost = connection->client.status() == Status::closed;
    // What had arrived before is still printed, unless nobody reads it.
    if (wake == Wake::output_closed || !subscription->drain(kDrainTime)) {
        // Fails only where the subscription has ended already.
        (void)subscription->unsubscribe();
    }
    printing.join();
    const SubscriptionStatistics statistics = subscription->statistics();
    connection->close();
    if (options.verbose) {
        tell(fmt::format(
            "{} messages, {} dropped here, {} dropped by the exchange",
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

// What all of the exchange's events are.
std::string event_type() {
    return v1::Event::descriptor()->full_name();
}

int run_sub(const SubOptions& options) {
    std::optional<ProtoType> type;
    if (!options.proto.file.empty() || !options.proto.type.empty()) {
        auto loaded = ProtoType::load(options.proto);
        if (!loaded) {
            complain(kSub, loaded.error());
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

Action add_sub(CLI::App& app) {
    auto options = std::make_shared<SubOptions>();
    app.add_option("FILTER", options->filter, "Subject; '*' is any one token, '>' the rest")
        ->required();
    add_print(app, options->print);
    add_proto_file(app, options->proto);
    app.add_option("--type", options->proto.type, "Protobuf message in the payloads")
        ->type_name("NAME");
    add_count(app, "-n,--count", options->count, "End after so many messages");
    add_duration(
        app, "--timeout", options->timeout, "End after this time; 1 if --count is not met"
    );
    add_subscribe(app, options->subscribe);
    app.add_flag("-v,--verbose", options->verbose, "Tell at the end how many messages came");
    add_connection(app, options->connection);
    app.footer(
        "Writes \"listening on 'FILTER'\" to standard error once nothing is missed any more.\n"
        "Ctrl-C and a closed pipe end it with 0."
    );
    return [options] {
        options->subscribe.max_messages = options->count;
        return run_sub(*options);
    };
}

}  // namespace telex::cli

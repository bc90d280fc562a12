// `telex consume`: prints the messages of a consumer of a stream, and acknowledges them.
#include "cli/commands/commands.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/messages/message_printer.hpp"
#include "cli/options/values.hpp"
#include "cli/subscriber/record_taker.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"
#include <telex/consumer.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::string_view kConsume = "consume";
constexpr std::uint64_t kMaxNumber = std::numeric_limits<std::uint32_t>::max();

struct ConsumeCommandOptions {
    SharedConnection connection;
    std::string stream;
    std::string consumer;
    ConsumerSettings settings;
    bool creates = false;
    std::optional<std::chrono::milliseconds> since;
    std::optional<std::chrono::milliseconds> ack_wait;
    bool acknowledges = true;
    PrintOptions print{.delimiter = "\n"};
    std::optional<std::uint64_t> count;
    std::optional<std::uint64_t> credit;
    std::optional<std::chrono::milliseconds> timeout;

    ConsumeOptions consume() const {
        ConsumeOptions consume;
        consume.credit = credit.value_or(consume.credit);
        if (!creates && !consumer.empty()) {
            return consume;
        }
        consume.create = settings;
        if (!acknowledges) {
            consume.create->ack = AckPolicy::none;
        }
        if (since) {
            consume.create->start = ConsumerStart::time;
            consume.create->start_time = std::chrono::system_clock::now() - *since;
        }
        consume.create->ack_wait = ack_wait.value_or(consume.create->ack_wait);
        return consume;
    }
};

int exit_code_of(
    const ConsumeCommandOptions& options,
    Wake wake,
    const RecordTaker& taker,
    const MessageSink& sink
) {
    if (const auto error = taker.error(); error && error->code != Errc::closed) {
        return fail(kConsume, *error);
    }
    if (wake == Wake::timed_out && sink.messages() < options.count.value_or(0)) {
        print_error(
            kConsume,
            fmt::format(
                "received {} of {} messages before the time-out", sink.messages(), *options.count
            )
        );
        return kRefused;
    }
    return kOk;
}

int run_consume(const ConsumeCommandOptions& options) {
    PrintOptions print = options.print;
    print.colours = Colours::for_output(STDOUT_FILENO);
    const MessagePrinter printer(print, std::nullopt);
    Output output(STDOUT_FILENO);
    MessageSink sink(
        {.excluded = {}, .count = options.count, .dump = {}},
        [&printer](const Message& message, const Arrival& arrival) {
            return printer.print(message, arrival);
        },
        output
    );
    SignalWaiter signals;
    auto connection = open_connection(kConsume, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    auto consumer = connection->client.consume(options.stream, options.consumer, options.consume());
    if (!consumer) {
        return fail(kConsume, consumer.error());
    }
    RecordTaker taker(*std::move(consumer), sink, signals, options.acknowledges);
    print_note(fmt::format("consuming '{}'", options.stream));
    taker.start();
    const Wake wake = signals.wait(options.timeout);
    const bool lost = connection->client.status() == Status::closed;
    taker.stop();
    connection->close();
    const int errors = connection->errors->finish();
    if (lost) {
        return errors != kOk ? errors : kUnavailable;
    }
    if (const int code = exit_code_of(options, wake, taker, sink); code != kOk) {
        return code;
    }
    const int written = output.exit_code(kConsume);
    return written != kOk ? written : errors;
}

ConsumerStart start_of(const std::string& name) {
    if (name == "new") {
        return ConsumerStart::fresh;
    }
    if (name == "last") {
        return ConsumerStart::last;
    }
    return name == "last-per-subject" ? ConsumerStart::last_per_subject : ConsumerStart::first;
}

void add_start(OptionSet& set, ConsumeCommandOptions& options) {
    ConsumerSettings& settings = options.settings;
    set.add({"--start",
             "WHERE",
             "First message: first, new, last, last-per-subject (default: first)",
             value::choice(
                 {"first", "new", "last", "last-per-subject"},
                 [&settings](const std::string& name) { settings.start = start_of(name); }
             )}
    ).excludes = {"--start-sequence", "--since"};
    set.add({"--start-sequence",
             "N",
             "Begin with this sequence of the stream",
             value::count([&settings](std::uint64_t sequence) {
                 settings.start = ConsumerStart::sequence;
                 settings.start_sequence = sequence;
             })}
    ).excludes = {"--since"};
    set.add(
        {"--since", "DURATION", "Begin with messages of this age", value::duration(options.since)}
    );
}

void add_creation(OptionSet& set, ConsumeCommandOptions& options) {
    ConsumerSettings& settings = options.settings;
    set.begin_section("Creation");
    set.add(
        {"--create",
         "",
         "Create the consumer if it does not exist; without CONSUMER one is always created",
         value::flag(options.creates)}
    );
    set.add(
        {"--filter",
         "FILTER",
         "Deliver only messages on these subjects (repeatable)",
         value::texts(settings.filters)}
    );
    add_start(set, options);
    set.add(
        {"--ack-wait",
         "DURATION",
         "Deliver a message again after this time without an acknowledgement (default: 30s)",
         value::duration(options.ack_wait)}
    );
    set.add(
        {"--max-in-flight",
         "N",
         "Maximum messages that are delivered and not acknowledged (default: 1000)",
         value::count(
             [&settings](std::uint64_t number) {
                 settings.max_in_flight = static_cast<std::uint32_t>(number);
             },
             kMaxNumber
         )}
    );
    set.add(
        {"--max-deliveries",
         "N",
         "Give a message up after this many deliveries",
         value::count(
             [&settings](std::uint64_t number) {
                 settings.max_deliveries = static_cast<std::uint32_t>(number);
             },
             kMaxNumber
         )}
    );
    set.add(
        {"--dead-letter",
         "SUBJECT",
         "Publish messages that were given up to this subject",
         value::text(settings.dead_letter_subject)}
    );
    set.add(
        {"--key-affinity",
         "",
         "Deliver messages of a subject to one member at a time, in order",
         value::flag(settings.key_affinity)}
    );
    set.end_section();
}

}  // namespace

Command consume_command(const SharedConnection& connection) {
    auto options = std::make_shared<ConsumeCommandOptions>();
    options->connection = connection;
    Command command{.name = "consume", .summary = "Print the messages of a stream"};
    OptionSet& set = command.options;
    set.add({"STREAM", "", "Name of the stream", value::text(options->stream)}).required = true;
    set.add(
        {"CONSUMER",
         "",
         "Name of the consumer; without it the messages are for this command alone",
         value::text(options->consumer)}
    );
    set.add({"-n,--count", "N", "Exit after this many messages", value::count(options->count)});
    set.add(
        {"--timeout",
         "DURATION",
         "Exit after this time; with 1 if --count was not reached",
         value::duration(options->timeout)}
    );
    set.add(
        {"--ack",
         "MODE",
         "auto: acknowledge each message once it is printed; none: do not (default: auto)",
         value::choice(
             {"auto", "none"},
             [target = options.get()](const std::string& mode) {
                 target->acknowledges = mode == "auto";
             }
         )}
    );
    set.add(
        {"--credit",
         "N",
         "Messages that the exchange may send ahead (default: 256)",
         value::count(options->credit)}
    );
    add_print(set, options->print);
    add_arrival(set, options->print);
    add_creation(set, *options);
    command.examples = {
        {"Print all messages of a stream, and those to come", "telex consume ORDERS"},
        {"Share the messages with other workers", "telex consume ORDERS billing --create"},
        {"Print the state of each device", "telex consume DEVICES --start last-per-subject"},
    };
    command.footer =
        "Prints \"consuming 'STREAM'\" on standard error when the messages begin. Ctrl-C\n"
        "and a closed output pipe end it with 0. A message whose output failed is not\n"
        "acknowledged, and is delivered again.";
    command.run = [options] { return run_consume(*options); };
    return command;
}

}  // namespace telex::cli

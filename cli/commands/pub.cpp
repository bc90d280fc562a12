// `telex pub`: publishes messages and waits until the exchange has routed them.
#include "cli/commands/commands.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/messages/payload.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/publisher/publisher.hpp"
#include "cli/terminal/print_error.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::uint64_t kMaxPublishRate = 10'000'000;
constexpr std::chrono::milliseconds kRoutingTime{10'000};

struct PubOptions {
    SharedConnection connection;
    PublisherOptions publisher;
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<std::chrono::milliseconds> sleep;
};

int fail_to_flush(const Error& error) {
    const int code = fail(kPubCommand, error);
    // An exchange that does not confirm is not the same as a request without a reply.
    return error.code == Errc::timeout ? kUnavailable : code;
}

int run_pub(const PubOptions& options) {
    const auto type = load_payload_type(kPubCommand, options.publisher.payload);
    if (!type) {
        return type.error();
    }
    SignalWaiter signals;
    auto connection = open_connection(kPubCommand, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    Publisher publisher(options.publisher, connection->client, signals, *type ? &**type : nullptr);
    int code = publisher.publish_all();
    // Messages that were sent before an error are routed, too.
    const auto flushed = connection->client.flush(options.timeout.value_or(kRoutingTime));
    connection->close();
    if (code == kInterrupted) {
        print_error(
            kPubCommand, fmt::format("interrupted; messages published: {}", publisher.published())
        );
    }
    if (!flushed && code == kOk) {
        code = fail_to_flush(flushed.error());
    }
    const int error_code = connection->errors->finish();
    return code != kOk ? code : error_code;
}

void add_times(OptionSet& set, const std::shared_ptr<PubOptions>& options) {
    PublisherOptions& publisher = options->publisher;
    set.add({"-n,--count",
             "N",
             "Publish the payload this many times (default: 1)",
             value::count(publisher.count)})
        .excludes = {"--lines"};
    set.add(
        {"--rate",
         "N",
         "Publish at most N messages a second",
         value::count(
             [&publisher](std::uint64_t rate) { publisher.pace = Pace::of_rate(rate); },
             kMaxPublishRate
         )}
    );
    set.add({"--sleep", "DURATION", "Time between two messages", value::duration(options->sleep)})
        .excludes = {"--rate"};
    set.add(
        {"--timeout",
         "DURATION",
         "Time to wait at the end until the exchange has routed all messages, and until each "
         "durable "
         "one is stored (default: 10s)",
         value::duration(options->timeout)}
    );
}

// Each of them needs --durable.
void add_durable(OptionSet& set, DurablePublishing& durable) {
    set.begin_section("Stream");
    set.add(
        {"--durable",
         "",
         "Wait until a stream has stored each message; print its name and the sequence",
         value::flag(durable.enabled)}
    );
    const auto add = [&set](Option option) {
        option.needs = {"--durable"};
        set.add(std::move(option));
    };
    add(
        {"--ttl",
         "DURATION",
         "Time after which the stream removes the message",
         value::duration(durable.ttl)}
    );
    add(
        {"--expect-sequence",
         "N",
         "Store the message only if the last sequence of the stream is N (0: it is empty)",
         value::number(durable.expected_last_sequence)}
    );
    add(
        {"--expect-subject-sequence",
         "N",
         "Store the message only if the last sequence of its subject is N (0: none)",
         value::number(durable.expected_subject_sequence)}
    );
    add(
        {"--roll-up",
         "WHAT",
         "Replace the messages of the subject, or all of the stream",
         value::choice(
             {"subject", "all"},
             [&durable](const std::string& what) {
                 durable.roll_up = what == "all" ? RollUp::all : RollUp::subject;
             }
         )}
    );
    add_format(set, durable.format).needs = {"--durable"};
    set.end_section();
}

}  // namespace

Command pub_command(const SharedConnection& connection) {
    auto options = std::make_shared<PubOptions>();
    options->connection = connection;
    PublisherOptions& publisher = options->publisher;
    Command command{.name = "pub", .summary = "Publish messages"};
    OptionSet& set = command.options;
    set.add({"SUBJECT", "", "Subject to publish to", value::text(publisher.subject)}).required =
        true;
    add_payload(set, publisher.payload);
    set.begin_section("Payload");
    set.add({"--lines", "", "Publish each line of standard input", value::flag(publisher.lines)})
        .excludes = {"DATA", "--file", "--json"};
    set.add(
        {"--template",
         "",
         "Replace {{count}}, {{time}}, {{random N}} and {{uuid}} in the payload and in headers",
         value::flag(publisher.is_template)}
    );
    set.begin_section("Message");
    set.add({"--reply", "SUBJECT", "Subject for replies", value::text(publisher.reply)});
    set.end_section();
    add_durable(set, publisher.durable);
    add_times(set, options);
    command.examples = {
        {"Publish a text", "telex pub notes \"one message\""},
        {"Publish a file", "telex pub photos --file cat.jpg --content-type image/jpeg"},
        {"Publish each line of a program's output", "tail -f app.log | telex pub log.app --lines"},
        {"Publish ten different messages a second",
         "telex pub test '{\"id\": {{count}}}' --template -n 100 --rate 10"},
        {"Store an order once, whatever happens", "telex pub orders.new '{}' --durable --id a-17"},
    };
    command.footer =
        "Exits with 0 when the exchange has routed all messages, with 1 if it rejected\n"
        "one. With --durable, with 0 when all are stored.";
    command.run = [options] {
        if (options->sleep) {
            options->publisher.pace = Pace(*options->sleep);
        }
        options->publisher.durable.timeout = options->timeout;
        return run_pub(*options);
    };
    return command;
}

}  // namespace telex::cli

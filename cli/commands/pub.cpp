// `telex pub`: publishes messages and waits until the exchange has routed them.
#include "cli/commands/commands.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/messages/payload.hpp"
#include "cli/options/values.hpp"
#include "cli/publisher/publisher.hpp"
#include "cli/terminal/print_error.hpp"

#include <fmt/format.h>

#include <memory>

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
         "Time to wait at the end until the exchange has routed all messages (default: 10s)",
         value::duration(options->timeout)}
    );
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
    add_times(set, options);
    command.examples = {
        {"Publish a text", "telex pub notes \"one message\""},
        {"Publish a file", "telex pub photos --file cat.jpg --content-type image/jpeg"},
        {"Publish each line of a program's output", "tail -f app.log | telex pub log.app --lines"},
        {"Publish ten different messages a second",
         "telex pub test '{\"id\": {{count}}}' --template -n 100 --rate 10"},
    };
    command.footer =
        "Exits with 0 when the exchange has routed all messages, with 1 if it rejected\n"
        "one.";
    command.run = [options] {
        if (options->sleep) {
            options->publisher.pace = Pace(*options->sleep);
        }
        return run_pub(*options);
    };
    return command;
}

}  // namespace telex::cli

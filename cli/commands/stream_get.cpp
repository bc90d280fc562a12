// `telex stream get`: reads messages of a stream, as any client may that may subscribe to them.
#include "cli/commands/stream.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/exit_code.hpp"
#include "cli/messages/message_printer.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/colour.hpp"
#include "cli/terminal/print_error.hpp"
#include "client/incoming.hpp"
#include "telex/v1/stream.pb.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::string_view kStreamGet = "stream get";
constexpr std::uint64_t kPage = 1'000;  // messages of one request

struct GetOptions {
    SharedConnection connection;
    std::optional<std::chrono::milliseconds> timeout;
    v1::GetStreamMessage request;
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
    PrintOptions print;
};

// Reads and prints pages of messages.
class StreamReader {
public:
    StreamReader(const GetOptions& options, Client& client)
        : options_(options), client_(client), printer_(options.print, std::nullopt) {}

    // Returns the exit code.
    int run() {
        v1::GetStreamMessage request = options_.request;
        if (request.which_case() != v1::GetStreamMessage::kFrom) {
            return page(request);
        }
        while (left_ > 0 && !at_end_) {
            request.set_count(static_cast<std::uint32_t>(std::min(left_, kPage)));
            if (const int code = page(request); code != kOk || output_.ended()) {
                return code;
            }
            at_end_ |= next_ <= request.from();
            request.set_from(next_);
        }
        return output_.exit_code(kStreamGet);
    }

private:
    int page(const v1::GetStreamMessage& request) {
        v1::StreamMessages reply;
        const auto done = request_system(
            client_, "stream.get", request.SerializeAsString(), reply, options_.timeout
        );
        if (!done) {
            const bool no_streams = done.error().code == Errc::no_responders;
            Failure failure = failure_of(done.error());
            failure.hint = no_streams ? "The exchange stores no streams." : "";
            return fail(kStreamGet, failure);
        }
        if (reply.has_error()) {
            print_server_error(kStreamGet, reply.error().text());
            return kRefused;
        }
        for (const v1::StreamMessage& message : reply.messages()) {
            const Arrival arrival = arrival_of(message);
            output_.write(printer_.print(
                client::to_message(message.message().SerializeAsString(), {}), arrival
            ));
        }
        output_.flush();
        left_ -= std::min(left_, static_cast<std::uint64_t>(reply.messages_size()));
        next_ = reply.next_sequence();
        at_end_ = next_ > reply.last_sequence();
        return output_.exit_code(kStreamGet);
    }

    // The sequence and the time of storage stand for number and time of arrival.
    Arrival arrival_of(const v1::StreamMessage& message) {
        const std::int64_t before = std::exchange(last_time_, message.unix_nanoseconds());
        return {
            .number = message.sequence(),
            .unix_nanoseconds = last_time_,
            .gap = std::chrono::nanoseconds(before == 0 ? 0 : last_time_ - before),
        };
    }

    const GetOptions& options_;
    Client& client_;
    MessagePrinter printer_;
    Output output_{1};
    std::uint64_t left_ = options_.count;
    std::uint64_t next_ = 0;
    bool at_end_ = false;
    std::int64_t last_time_ = 0;
};

int run_get(const GetOptions& options) {
    SignalWaiter signals;
    auto connection = open_connection(kStreamGet, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    SignalWaiter::release();
    const int code = StreamReader(options, connection->client).run();
    connection->close();
    return code;
}

void add_which(OptionSet& set, const std::shared_ptr<GetOptions>& options) {
    set.begin_exactly_one("Messages");
    set.add(
        {"SEQUENCE",
         "",
         "The message with this sequence",
         value::count([options](std::uint64_t number) { options->request.set_sequence(number); })}
    );
    set.add(
        {"--last",
         "SUBJECT",
         "The last message on this subject",
         value::text([options](const std::string& text) { options->request.set_last_of(text); })}
    );
    set.add(
        {"--from",
         "SEQUENCE",
         "All messages from this sequence on",
         value::count([options](std::uint64_t number) { options->request.set_from(number); })}
    );
    set.end_section();
}

}  // namespace

Command stream_get_command(const SharedConnection& connection) {
    auto options = std::make_shared<GetOptions>();
    options->connection = connection;
    options->print.number = true;
    options->print.timestamps = true;
    options->print.delimiter = "\n";
    Command command{.name = "get", .summary = "Print messages of a stream"};
    OptionSet& set = command.options;
    set.add({"NAME", "", "Name of the stream", value::text([options](const std::string& name) {
                 options->request.set_stream(name);
             })}
    ).required = true;
    add_which(set, options);
    set.add({"--filter",
             "FILTER",
             "Print messages on these subjects only",
             value::text([options](const std::string& text) { options->request.set_filter(text); })}
    ).needs = {"--from"};
    set.add({"--count",
             "N",
             "Maximum number of messages",
             value::count([options](std::uint64_t number) { options->count = number; })}
    ).needs = {"--from"};
    set.add(
        {"--timeout",
         "DURATION",
         "Time to wait for each reply (default: 10s)",
         value::duration(options->timeout)}
    );
    add_print(set, options->print);
    command.examples = {
        {"Print the last order", "telex stream get orders --last orders.new"},
        {"Print a stream as JSON", "telex stream get orders --from 1 --format json"},
    };
    command.footer =
        "Each message has its sequence and the time at which it was stored. Allowed for\n"
        "users who may publish to $SYS.stream.get and subscribe to the subjects of the\n"
        "messages.";
    command.run = [options] { return run_get(*options); };
    return command;
}

}  // namespace telex::cli

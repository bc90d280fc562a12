// `telex request`: sends one request and prints the reply.
#include "base/units.hpp"
#include "cli/commands/commands.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/messages/message_printer.hpp"
#include "cli/messages/payload.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/requester/collect_replies.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::string_view kRequest = "request";
constexpr std::chrono::milliseconds kReplyTime{10'000};
// Several responders: without a number only the time ends the wait.
constexpr std::chrono::milliseconds kAllRepliesTime{1'000};
constexpr std::uint64_t kMaxExitStatus = 255;

// How many replies are wanted.
struct Replies {
    bool several = false;
    std::optional<std::uint64_t> max;  // nullopt: all
};

struct RequestCommandOptions {
    SharedConnection connection;
    std::string subject;
    PayloadOptions payload;
    std::string reply_type;
    PrintOptions print{.delimiter = {}, .subject = false};
    std::optional<std::chrono::milliseconds> timeout;
    Replies replies;
    std::string inbox = "inbox";
};

// Filled by the callback.
struct PendingReply {
    std::mutex mutex;
    std::optional<Expected<Message>> value;
};

// The error is the exit code.
[[nodiscard]] Result<Message, int> send_request(
    const RequestCommandOptions& options,
    Client& client,
    SignalWaiter& signals,
    const std::string& payload
) {
    auto request = message_options<RequestOptions>(options.payload);
    request.timeout = options.timeout;
    const auto reply = std::make_shared<PendingReply>();
    const auto sent = client.request_async(
        options.subject,
        payload,
        [reply, &signals](Expected<Message> value) {
            const std::scoped_lock lock(reply->mutex);
            reply->value = std::move(value);
            signals.notify();
        },
        request
    );
    if (!sent) {
        return unexpected(fail(kRequest, sent.error()));
    }
    for (;;) {
        const Wake wake = signals.wait();
        const std::scoped_lock lock(reply->mutex);
        if (reply->value) {
            if (!*reply->value) {
                return unexpected(fail(kRequest, reply->value->error()));
            }
            return **std::move(reply->value);
        }
        if (wake == Wake::interrupted) {
            return unexpected(kInterrupted);
        }
        if (wake == Wake::output_closed) {
            return unexpected(kOk);
        }
    }
}

[[nodiscard]] Result<std::optional<ProtoType>, int> load_reply_type(
    const RequestCommandOptions& options
) {
    if (options.reply_type.empty()) {
        return std::optional<ProtoType>();
    }
    ProtoSource source = options.payload.proto;
    source.type = options.reply_type;
    auto type = ProtoType::load(source);
    if (!type) {
        print_error(kRequest, type.error());
        return unexpected(kUsage);
    }
    return std::optional<ProtoType>(*std::move(type));
}

// Returns the exit status in the error of a failed command of `telex reply`, else kRefused.
int exit_code_of_failure(std::string_view error) {
    constexpr std::string_view kStatus = "exit status ";
    if (!error.starts_with(kStatus)) {
        return kRefused;
    }
    const auto status = parse_count(error.substr(kStatus.size()));
    const bool fits = status && *status > 0 && *status <= kMaxExitStatus;
    return fits ? static_cast<int>(*status) : kRefused;
}

// Prints the reply, and the error of a responder that failed.
int print_reply(const Message& reply, const MessagePrinter& printer) {
    if (const int code = print(kRequest, printer.print(reply)); code != kOk) {
        return code;
    }
    const auto error =
        std::find_if(reply.headers.begin(), reply.headers.end(), [](const Header& header) {
            return header.name == kErrorHeader;
        });
    if (error == reply.headers.end()) {
        return kOk;
    }
    print_server_error(kRequest, fmt::format("the responder failed: {}", error->value));
    return exit_code_of_failure(error->value);
}

int request_one(
    const RequestCommandOptions& options,
    Client& client,
    SignalWaiter& signals,
    const std::string& payload,
    const MessagePrinter& printer
) {
    const auto reply = send_request(options, client, signals, payload);
    return reply ? print_reply(*reply, printer) : reply.error();
}

// Returns the exit code for the number of replies. `failed`: that of a reply.
int exit_code_of(const Collected& collected, const Replies& replies, int failed) {
    if (collected.end == Wake::interrupted) {
        return kInterrupted;
    }
    const std::uint64_t wanted = replies.max.value_or(1);
    if (collected.end == Wake::timed_out && collected.replies < wanted) {
        print_error(
            kRequest,
            fmt::format("received {} of {} replies before the time-out", collected.replies, wanted)
        );
        return kRefused;
    }
    return failed;
}

int request_several(
    const RequestCommandOptions& options,
    Client& client,
    SignalWaiter& signals,
    const std::string& payload,
    const MessagePrinter& printer
) {
    const CollectOptions collect{
        .subject = options.subject,
        .inbox = options.inbox,
        .max = options.replies.max,
        .timeout = options.timeout.value_or(options.replies.max ? kReplyTime : kAllRepliesTime),
    };
    int failed = kOk;
    const auto collected = collect_replies(
        client,
        signals,
        collect,
        payload,
        message_options<PublishOptions>(options.payload),
        [&](const Message& reply) {
            const int code = print_reply(reply, printer);
            failed = failed == kOk ? code : failed;
            return code != kOutputError;
        }
    );
    return collected ? exit_code_of(*collected, options.replies, failed)
                     : fail(kRequest, collected.error());
}

PrintOptions print_options(const RequestCommandOptions& options) {
    PrintOptions print = options.print;
    if (!print.delimiter) {
        print.delimiter = options.replies.several ? "\n" : "";
    }
    return print;
}

Value replies_value(Replies& target) {
    return {
        .kind = Value::Kind::text,
        .store = [&target](const std::string& text) -> Result<void, std::string> {
            target = {.several = true, .max = {}};
            if (text == "all") {
                return {};
            }
            return value::count(target.max).store(text);
        },
        .choices = {},
    };
}

int run_request(const RequestCommandOptions& options) {
    // --proto for the reply alone does not make the request JSON.
    PayloadOptions request = options.payload;
    if (!request.json && request.proto.type.empty()) {
        request.proto.file.clear();
    }
    const auto type = load_payload_type(kRequest, request);
    if (!type) {
        return type.error();
    }
    auto reply_type = load_reply_type(options);
    if (!reply_type) {
        return reply_type.error();
    }
    SignalWaiter signals;
    const auto payload = read_payload(request, *type ? &**type : nullptr, signals);
    if (!payload) {
        return fail(kRequest, payload.error());
    }
    auto connection = open_connection(kRequest, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    const MessagePrinter printer(print_options(options), *std::move(reply_type));
    const auto request_replies = options.replies.several ? request_several : request_one;
    const int code = request_replies(options, connection->client, signals, *payload, printer);
    connection->close();
    const int errors = connection->errors->finish();
    return code != kOk ? code : errors;
}

}  // namespace

Command request_command(const SharedConnection& connection) {
    auto options = std::make_shared<RequestCommandOptions>();
    options->connection = connection;
    Command command{.name = "request", .summary = "Send a request and print the reply"};
    OptionSet& set = command.options;
    set.add({"SUBJECT", "", "Subject of the request", value::text(options->subject)}).required =
        true;
    add_payload(set, options->payload);
    set.add(
        {"--answer-type", "NAME", "Protobuf message in the reply", value::text(options->reply_type)}
    );
    add_print(set, options->print);
    set.add(
        {"--timeout",
         "DURATION",
         "Time to wait for the replies (default: 10s; with --replies all: 1s)",
         value::duration(options->timeout)}
    );
    set.add(
        {"--replies",
         "N|all",
         "Wait for the replies of several responders, and print each of them",
         replies_value(options->replies)}
    );
    set.add({"--inbox",
             "SUBJECT",
             "Begin of the subject for several replies (default: inbox)",
             value::text(options->inbox)})
        .needs = {"--replies"};
    command.examples = {
        {"Send a request", "telex request shop.price apples --timeout 2s"},
        {"Ask all responders of a subject", "telex request host.load \"\" --replies all"},
    };
    command.footer =
        "Exits with 1 if there is no responder or no reply in time, or if the exchange\n"
        "rejects the request. If the responder fails (header Telex-Error), its error is\n"
        "printed; the exit code is that of its command (\"exit status 3\"), or 1.\n"
        "\n"
        "--replies needs the permission to subscribe to inbox.>; responders that share\n"
        "a queue group send one reply in total.";
    command.run = [options] { return run_request(*options); };
    return command;
}

}  // namespace telex::cli

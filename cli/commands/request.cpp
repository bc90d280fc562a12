// `telex request`: sends one request and prints the reply.
#include "cli/commands/commands.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/messages/message_printer.hpp"
#include "cli/messages/payload.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::string_view kRequest = "request";

struct RequestCommandOptions {
    SharedConnection connection;
    std::string subject;
    PayloadOptions payload;
    std::string reply_type;
    PrintOptions print{.delimiter = "", .subject = false};
    std::optional<std::chrono::milliseconds> timeout;
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
    return kRefused;
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
    const auto payload =
        read_payload(request, *type ? &**type : nullptr, read_from(STDIN_FILENO, &signals));
    if (!payload) {
        print_error(kRequest, payload.error().text);
        return payload.error().exit_code;
    }
    auto connection = open_connection(kRequest, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    const auto reply = send_request(options, connection->client, signals, *payload);
    connection->close();
    if (!reply) {
        return reply.error();
    }
    return print_reply(*reply, MessagePrinter(options.print, *std::move(reply_type)));
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
         "Time to wait for the reply (default: 10s)",
         value::duration(options->timeout)}
    );
    command.examples = {
        {"Send a request", "telex request shop.price apples --timeout 2s"},
    };
    command.footer =
        "Exits with 1 if there is no responder or no reply in time, if the responder\n"
        "fails (header Telex-Error), or if the exchange rejects the request.";
    command.run = [options] { return run_request(*options); };
    return command;
}

}  // namespace telex::cli

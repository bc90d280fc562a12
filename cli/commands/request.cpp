// `telex request`: asks once and shows the answer.
#include "cli/commands/verb.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/messages/message_printer.hpp"
#include "cli/messages/payload.hpp"
#include "cli/options/option_types.hpp"
#include "cli/terminal/complain.hpp"
#include "cli/terminal/output.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::string_view kRequest = "request";

struct AskOptions {
    ConnectionOptions connection;
    std::string subject;
    PayloadOptions payload;
    std::string answer_type;
    PrintOptions print{.delimiter = "", .subject = false};
    std::optional<std::chrono::milliseconds> timeout;
};

// Where the callback leaves the answer.
struct Answer {
    std::mutex mutex;
    std::optional<Expected<Message>> value;
};

// The error is the exit code.
[[nodiscard]] Result<Message, int> ask_responder(
    const AskOptions& options, Client& client, Stop& stop, const std::string& payload
) {
    auto request = message_options<RequestOptions>(options.payload);
    request.timeout = options.timeout;
    const auto answer = std::make_shared<Answer>();
    const auto sent = client.request_async(
        options.subject,
        payload,
        [answer, &stop](Expected<Message> value) {
            const std::scoped_lock lock(answer->mutex);
            answer->value = std::move(value);
            stop.notify();
        },
        request
    );
    if (!sent) {
        return unexpected(fail(kRequest, sent.error()));
    }
    for (;;) {
        const Wake wake = stop.wait();
        const std::scoped_lock lock(answer->mutex);
        if (answer->value) {
            if (!*answer->value) {
                return unexpected(fail(kRequest, answer->value->error()));
            }
            return **std::move(answer->value);
        }
        if (wake == Wake::interrupted) {
            return unexpected(kInterrupted);
        }
        if (wake == Wake::output_closed) {
            return unexpected(kOk);
        }
    }
}

[[nodiscard]] Result<std::optional<ProtoType>, int> load_answer_type(const AskOptions& options) {
    if (options.answer_type.empty()) {
        return std::optional<ProtoType>();
    }
    ProtoSource source = options.payload.proto;
    source.type = options.answer_type;
    auto type = ProtoType::load(source);
    if (!type) {
        complain(kRequest, type.error());
        return unexpected(kUsage);
    }
    return std::optional<ProtoType>(*std::move(type));
}

int run_request(const AskOptions& options) {
    // A file for the answer alone does not make the question JSON.
    PayloadOptions question = options.payload;
    if (!question.json && question.proto.type.empty()) {
        question.proto.file.clear();
    }
    const auto type = load_payload_type(kRequest, question);
    if (!type) {
        return type.error();
    }
    auto answer_type = load_answer_type(options);
    if (!answer_type) {
        return answer_type.error();
    }
    Stop stop;
    const auto payload =
        read_payload(question, *type ? &**type : nullptr, read_from(STDIN_FILENO, &stop));
    if (!payload) {
        complain(kRequest, payload.error().text);
        return payload.error().exit_code;
    }
    auto connection = open_connection(kRequest, options.connection, stop);
    if (!connection) {
        return connection.error();
    }
    const auto answer = ask_responder(options, connection->client, stop, *payload);
    connection->close();
    if (!answer) {
        return answer.error();
    }
    Output output(STDOUT_FILENO);
    output.write(MessagePrinter(options.print, *std::move(answer_type)).print(*answer));
    output.flush();
    return output.exit_code(kRequest);
}

}  // namespace

Action add_request(CLI::App& app) {
    auto options = std::make_shared<AskOptions>();
    app.add_option("SUBJECT", options->subject, "Whom to ask")->required();
    add_payload(app, options->payload);
    app.add_option("--answer-type", options->answer_type, "Protobuf message in the answer")
        ->type_name("NAME");
    add_print(app, options->print);
    add_duration(app, "--timeout", options->timeout, "How long to wait for the answer (10s)");
    add_connection(app, options->connection);
    app.footer("Ends with 1 when nobody listens, no answer comes in time, or the exchange refuses."
    );
    return [options] { return run_request(*options); };
}

}  // namespace telex::cli

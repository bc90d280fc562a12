#include "cli/connection/operator.hpp"

#include "cli/exit_code.hpp"
#include "cli/terminal/complain.hpp"
#include "wire/proto_json.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <utility>

namespace telex::cli {

void add_operator(CLI::App& app, OperatorOptions& options) {
    add_format(app, options.format, "table");
    add_duration(app, "--timeout", options.timeout, "How long to wait for the answer (10s)");
    add_connection(app, options.connection);
    app.footer(
        "The exchange answers its own user of the system and root, on a unix socket, and users "
        "who\n"
        "may publish to $SYS.admin.>."
    );
}

void add_limit(CLI::App& app, std::function<void(std::uint32_t)> set, std::string_view usual) {
    constexpr std::uint64_t kMost = 1000;
    add_number(
        app,
        "--limit",
        [set = std::move(set)](std::uint64_t limit) { set(static_cast<std::uint32_t>(limit)); },
        fmt::format("How many at most ({})", usual),
        kMost
    );
}

std::string cut_note(int shown, std::uint64_t total) {
    const auto listed = static_cast<std::uint64_t>(shown);
    return listed < total ? fmt::format("{} of {}\n", listed, total) : std::string();
}

Expected<void> ask(
    Client& client,
    std::string_view subject,
    const std::string& question,
    google::protobuf::Message& answer,
    std::optional<std::chrono::milliseconds> timeout
) {
    const auto message =
        client.request(fmt::format("$SYS.{}", subject), question, {.timeout = timeout});
    if (!message) {
        return tl::unexpected(message.error());
    }
    if (!answer.ParseFromString(message->payload)) {
        return tl::unexpected(
            Error{Errc::bad_payload, fmt::format("the answer is no {}", answer.GetTypeName())}
        );
    }
    return {};
}

int ask_operators(
    std::string_view verb,
    std::string_view command,
    const OperatorOptions& options,
    const google::protobuf::Message& question,
    google::protobuf::Message& answer
) {
    Stop stop;
    auto connection = open_connection(verb, options.connection, stop);
    if (!connection) {
        return connection.error();
    }
    Stop::release();
    const auto answered =
        ask(connection->client,
            fmt::format("admin.{}", command),
            question.SerializeAsString(),
            answer,
            options.timeout);
    connection->close();
    return answered ? kOk : fail(verb, answered.error());
}

int exit_code_of(v1::AdminError::Code code) {
    switch (code) {
        case v1::AdminError::INVALID_ARGUMENT:
            return kUsage;
        case v1::AdminError::INVALID_CONFIGURATION:
        case v1::AdminError::NEEDS_RESTART:
        case v1::AdminError::CANNOT_APPLY:
            return kBadConfiguration;
        case v1::AdminError::SHUTTING_DOWN:
        case v1::AdminError::UNRESPONSIVE:
            return kUnavailable;
        default:
            return kRefused;
    }
}

Failure failure_of(const Error& error) {
    return {to_string(error), exit_code_of(error.code)};
}

Failure failure_of(const v1::AdminError& error) {
    return {error.message(), exit_code_of(error.code())};
}

int fail(std::string_view verb, const Failure& failure) {
    complain_quoting(verb, failure.text);
    return failure.exit_code;
}

std::string json_line(const google::protobuf::Message& message) {
    return wire::json_object(message) + "\n";
}

}  // namespace telex::cli

#pragma once
// What all commands for operators have in common: one question to $SYS.admin.*, its answer as a
// table or as JSON.
#include "base/result.hpp"
#include "cli/connection/connection.hpp"
#include "cli/options/option_types.hpp"
#include "cli/terminal/output.hpp"
#include "wire/admin_error.hpp"

#include <google/protobuf/message.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace telex::cli {

struct OperatorOptions {
    ConnectionOptions connection;
    Format format = Format::text;
    std::optional<std::chrono::milliseconds> timeout;
};

// --format table|json, --timeout, --server and its like; and who may ask, for the help.
void add_operator(CLI::App& app, OperatorOptions& options);

// --limit NUMBER, up to 1,000; `set` gets it.
void add_limit(CLI::App& app, std::function<void(std::uint32_t)> set, std::string_view usual);
// "5 of 9", where a list was cut; else nothing.
std::string cut_note(int shown, std::uint64_t total);

// Asks the exchange itself, $SYS.`subject`, and fills `answer`. Errors: those of Client::request,
// and bad_payload for an answer that is no such message.
[[nodiscard]] Expected<void> ask(
    Client& client,
    std::string_view subject,
    const std::string& question,
    google::protobuf::Message& answer,
    std::optional<std::chrono::milliseconds> timeout
);

// kRefused for a code that this version does not know.
int exit_code_of(v1::AdminError::Code code);

// Why a command failed, and the exit code that says so.
struct Failure {
    std::string text;
    int exit_code;
};

Failure failure_of(const Error& error);
Failure failure_of(const v1::AdminError& error);
// Complains; returns the exit code.
int fail(std::string_view verb, const Failure& failure);

// As ask(), for $SYS.admin.`command`. An error in the answer is a failure, too.
template <class Answer>
[[nodiscard]] Result<void, Failure> ask_admin(
    Client& client,
    std::string_view command,
    const google::protobuf::Message& question,
    Answer& answer,
    std::optional<std::chrono::milliseconds> timeout
) {
    const auto asked =
        ask(client, "admin." + std::string(command), question.SerializeAsString(), answer, timeout);
    if (!asked) {
        return unexpected(failure_of(asked.error()));
    }
    if (const auto error = wire::error_of(answer)) {
        return unexpected(failure_of(*error));
    }
    return {};
}

// Connects and asks $SYS.admin.`command`. Returns the exit code: kOk, or, after a complaint, that
// of the failure. An answer's `error` is for the caller.
int ask_operators(
    std::string_view verb,
    std::string_view command,
    const OperatorOptions& options,
    const google::protobuf::Message& question,
    google::protobuf::Message& answer
);

// As ask_operators, where an error leaves nothing of the answer to show.
template <class Answer>
int ask_operators_or_complain(
    std::string_view verb,
    std::string_view command,
    const OperatorOptions& options,
    const google::protobuf::Message& question,
    Answer& answer
) {
    const int code = ask_operators(verb, command, options, question, answer);
    const auto error = wire::error_of(answer);
    return code != 0 || !error ? code : fail(verb, failure_of(*error));
}

// wire::json_object() with a line feed.
std::string json_line(const google::protobuf::Message& message);

}  // namespace telex::cli

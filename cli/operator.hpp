#pragma once
// What all commands for operators have in common: one question to $SYS.admin.*, its answer as a
// table or as JSON.
#include "base/result.hpp"
#include "cli/connection.hpp"
#include "cli/option_types.hpp"
#include "cli/output.hpp"

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
Expected<void> ask(
    Client& client,
    std::string_view subject,
    const std::string& question,
    google::protobuf::Message& answer,
    std::optional<std::chrono::milliseconds> timeout
);

// Connects and asks $SYS.admin.`command`. Returns the exit code: kOk, or, after a complaint, what
// went wrong. An answer's `problem` is for the caller.
int ask_operators(
    std::string_view verb,
    std::string_view command,
    const OperatorOptions& options,
    const google::protobuf::Message& question,
    google::protobuf::Message& answer
);

// Complains; returns kRefused.
int refused(std::string_view verb, std::string_view problem);

// As ask_operators, where a problem is nothing but a refusal.
template <class Answer>
int ask_operators_or_complain(
    std::string_view verb,
    std::string_view command,
    const OperatorOptions& options,
    const google::protobuf::Message& question,
    Answer& answer
) {
    const int code = ask_operators(verb, command, options, question, answer);
    return code != 0 || answer.problem().empty() ? code : refused(verb, answer.problem());
}

// wire::json_object() with a line feed.
std::string json_line(const google::protobuf::Message& message);

}  // namespace telex::cli

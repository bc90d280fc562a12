#pragma once
// Requests of the operator's commands to $SYS.admin.*, and their replies as a table or as JSON.
#include "base/result.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/common_options.hpp"
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

struct AdminOptions {
    SharedConnection connection;
    Format format = Format::text;
    std::optional<std::chrono::milliseconds> timeout;
};

// For the help of these commands: who may use them.
inline constexpr const char* kAdminFooter =
    "Allowed for root and the exchange's own user on a unix socket, and for users who\n"
    "may publish to $SYS.admin.>.";

// --format table|json and --timeout
void add_admin(OptionSet& options, AdminOptions& target);
// --timeout
void add_admin_timeout(OptionSet& options, AdminOptions& target);

// --limit N, at most 1,000
void add_limit(
    OptionSet& options, std::function<void(std::uint32_t)> set, std::string_view default_limit
);
// Returns "5 of 9" if a list was truncated.
std::string truncation_note(int shown, std::uint64_t total);

// Sends a request to $SYS.`subject` and parses the reply. Errors: those of Client::request, and
// undecodable_payload for a reply that is not this message.
[[nodiscard]] Expected<void> request_system(
    Client& client,
    std::string_view subject,
    const std::string& request,
    google::protobuf::Message& reply,
    std::optional<std::chrono::milliseconds> timeout
);

struct Failure {
    std::string text;
    int exit_code;
    std::string_view hint{};  // what to do about it; may be empty
};

Failure failure_of(const Error& error);
Failure failure_of(const v1::AdminError& error);
// Prints the error and its hint. Returns its exit code.
int fail(std::string_view command, const Failure& failure);

// Sends a request to $SYS.admin.`name` and parses the reply. An error in the reply is a failure.
template <class Reply>
[[nodiscard]] Result<void, Failure> request_admin(
    Client& client,
    std::string_view name,
    const google::protobuf::Message& request,
    Reply& reply,
    std::optional<std::chrono::milliseconds> timeout
) {
    const auto done = request_system(
        client, "admin." + std::string(name), request.SerializeAsString(), reply, timeout
    );
    if (!done) {
        return unexpected(failure_of(done.error()));
    }
    if (const auto error = wire::error_of(reply)) {
        return unexpected(failure_of(*error));
    }
    return {};
}

// Connects and sends a request to $SYS.admin.`name`. Returns kOk, or prints the error and returns
// its exit code. The caller handles an error in the reply.
int connect_and_request(
    std::string_view command,
    std::string_view name,
    const AdminOptions& options,
    const google::protobuf::Message& request,
    google::protobuf::Message& reply
);

// wire::json_object() with a line feed.
std::string json_line(const google::protobuf::Message& message);

// Runs a command of the request's name: prints the reply as JSON, or as `text_of` formats it. An
// error in the reply is printed instead. Returns the exit code.
template <class Reply>
int run_admin_command(
    std::string_view command,
    const AdminOptions& options,
    const google::protobuf::Message& request,
    const std::function<std::string(const Reply&)>& text_of
) {
    Reply reply;
    if (const int code = connect_and_request(command, command, options, request, reply);
        code != kOk) {
        return code;
    }
    if (const auto error = wire::error_of(reply)) {
        return fail(command, failure_of(*error));
    }
    return print(command, options.format == Format::json ? json_line(reply) : text_of(reply));
}

}  // namespace telex::cli

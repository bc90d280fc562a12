#include "cli/connection/admin_request.hpp"

#include "cli/exit_code.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/print_error.hpp"
#include "wire/proto_json.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::cli {

void add_admin(OptionSet& options, AdminOptions& target) {
    add_format(options, target.format, "table");
    add_admin_timeout(options, target);
}

void add_admin_timeout(OptionSet& options, AdminOptions& target) {
    options.add(
        {"--timeout",
         "DURATION",
         "Time to wait for the reply (default: 10s)",
         value::duration(target.timeout)}
    );
}

void add_limit(
    OptionSet& options, std::function<void(std::uint32_t)> set, std::string_view default_limit
) {
    constexpr std::uint64_t kMaxLimit = 1000;
    options.add(
        {"--limit",
         "N",
         fmt::format("Maximum number of rows (default: {})", default_limit),
         value::count(
             [set = std::move(set)](std::uint64_t limit) {
                 set(static_cast<std::uint32_t>(limit));
             },
             kMaxLimit
         )}
    );
}

std::string truncation_note(int shown, std::uint64_t total) {
    const auto rows = static_cast<std::uint64_t>(shown);
    return rows < total ? fmt::format("{} of {}\n", rows, total) : std::string();
}

Expected<void> request_system(
    Client& client,
    std::string_view subject,
    const std::string& request,
    google::protobuf::Message& reply,
    std::optional<std::chrono::milliseconds> timeout
) {
    const auto message =
        client.request(fmt::format("$SYS.{}", subject), request, {.timeout = timeout});
    if (!message) {
        return tl::unexpected(message.error());
    }
    if (!reply.ParseFromString(message->payload)) {
        return tl::unexpected(Error{
            Errc::undecodable_payload, fmt::format("the reply is not a {}", reply.GetTypeName())
        });
    }
    return {};
}

int connect_and_request(
    std::string_view command,
    std::string_view name,
    const AdminOptions& options,
    const google::protobuf::Message& request,
    google::protobuf::Message& reply
) {
    SignalWaiter signals;
    auto connection = open_connection(command, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    SignalWaiter::release();
    const auto done = request_system(
        connection->client,
        fmt::format("admin.{}", name),
        request.SerializeAsString(),
        reply,
        options.timeout
    );
    connection->close();
    return done ? kOk : fail(command, failure_of(done.error()));
}

Failure failure_of(const Error& error) {
    constexpr std::string_view kWhoMay =
        "Operator commands need a user who may publish to $SYS.admin.>. Without users in its\n"
        "configuration, telexd obeys root and its own user on its unix socket, not TCP "
        "connections.";
    // The exchange itself replies to these requests.
    const bool is_silent = error.code == Errc::timeout;
    const bool is_refused = error.code == Errc::permission_denied;
    return {
        .text = to_string(error),
        .exit_code = is_silent ? kUnavailable : exit_code_of(error.code),
        .hint = is_refused ? kWhoMay : std::string_view(),
    };
}

Failure failure_of(const v1::AdminError& error) {
    return {.text = error.message(), .exit_code = wire::traits_of(error.code()).exit_code};
}

int fail(std::string_view command, const Failure& failure) {
    print_server_error(command, failure.text);
    if (!failure.hint.empty()) {
        print_note(failure.hint);
    }
    return failure.exit_code;
}

std::string json_line(const google::protobuf::Message& message) {
    return wire::json_object(message) + "\n";
}

}  // namespace telex::cli

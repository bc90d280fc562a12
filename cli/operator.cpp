#include "cli/operator.hpp"

#include "cli/complain.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/proto_json.hpp"
#include <telex/typed.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

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
    RequestOptions request{.timeout = options.timeout};
    request.type = question.GetTypeName();
    const auto message = connection->client.request(
        fmt::format("$SYS.admin.{}", command), question.SerializeAsString(), request
    );
    connection->close();
    if (!message) {
        return fail(verb, message.error());
    }
    if (!answer.ParseFromString(message->payload)) {
        complain(verb, fmt::format("the answer is no {}", answer.GetTypeName()));
        return kInternal;
    }
    return kOk;
}

int refused(std::string_view verb, std::string_view problem) {
    complain(verb, problem);
    return kRefused;
}

std::string json_line(const google::protobuf::Message& message) {
    return json_object(message) + "\n";
}

int print(std::string_view verb, std::string_view text) {
    Output output(STDOUT_FILENO);
    output.write(text);
    output.flush();
    return output.exit_code(verb);
}

}  // namespace telex::cli

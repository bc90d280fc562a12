#include "cli/messages/payload.hpp"

#include "cli/exit_code.hpp"
#include "cli/options/option_types.hpp"
#include "cli/terminal/complain.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <utility>

namespace telex::cli {
namespace {

[[nodiscard]] Result<std::string, InputError> read_text(
    const PayloadOptions& options, const InputSource& standard_input
) {
    if (options.json) {
        return *options.json;
    }
    if (!options.file.empty()) {
        return read_file(options.file, kMaxPayloadBytes);
    }
    if (options.data && *options.data != "-") {
        return *options.data;
    }
    if (!options.data && ::isatty(STDIN_FILENO) == 1) {
        return std::string();
    }
    auto text = read_all(standard_input, kMaxPayloadBytes);
    if (!text) {
        text.error().text = "standard input: " + text.error().text;
    }
    return text;
}

}  // namespace

void add_payload(CLI::App& app, PayloadOptions& options) {
    auto* data = app.add_option("DATA", options.data, "Payload; '-' or nothing: standard input");
    auto* file = app.add_option("-f,--file", options.file, "Payload from a file");
    file->type_name("FILE")->excludes(data);
    app.add_option("--json", options.json, "Payload as the JSON form of the message --type")
        ->type_name("TEXT")
        ->excludes(data)
        ->excludes(file);
    add_proto_file(app, options.proto);
    app.add_option(
           "--type",
           options.proto.type,
           "Protobuf message in the payload; with --json or --proto the payload is written as JSON "
           "and sent as this message"
    )
        ->type_name("NAME");
    add_headers(app, options.headers);
    app.add_option("--id", options.id, "Id of the message")->type_name("TEXT");
    app.add_option("--content-type", options.content_type, "Media type of the payload")
        ->type_name("TEXT");
}

Result<std::optional<ProtoType>, int> load_payload_type(
    std::string_view verb, const PayloadOptions& options
) {
    if (!options.written_as_json()) {
        return std::optional<ProtoType>();
    }
    auto type = ProtoType::load(options.proto);
    if (!type) {
        complain(verb, type.error());
        return unexpected(kUsage);
    }
    return std::optional<ProtoType>(*std::move(type));
}

Result<std::string, InputError> encode_payload(const ProtoType* type, std::string text) {
    if (type == nullptr) {
        return text;
    }
    auto payload = type->from_json(text);
    if (!payload) {
        return unexpected(InputError{kBadData, std::move(payload.error())});
    }
    return *std::move(payload);
}

Result<std::string, InputError> read_payload(
    const PayloadOptions& options, const ProtoType* type, const InputSource& standard_input
) {
    auto text = read_text(options, standard_input);
    return text ? encode_payload(type, *std::move(text)) : std::move(text);
}

}  // namespace telex::cli

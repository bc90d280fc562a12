#include "cli/messages/payload.hpp"

#include "cli/exit_code.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/print_error.hpp"

#include <unistd.h>

#include <utility>

namespace telex::cli {
void add_payload(OptionSet& options, PayloadOptions& target) {
    options.begin_section("Payload");
    options.add({"DATA", "", "Payload; '-' or none reads standard input", value::text(target.data)}
    );
    options.add({"-f,--file", "FILE", "Read the payload from a file", value::text(target.file)})
        .excludes = {"DATA"};
    options.add({"--json", "TEXT", "Payload as JSON, encoded as --type", value::text(target.json)})
        .excludes = {"DATA", "--file"};
    add_proto_file(options, target.proto);
    options.add(
        {"--type",
         "NAME",
         "Protobuf message in the payload; with --json or --proto the payload is given as JSON and "
         "encoded as this message",
         value::text(target.proto.type)}
    );
    options.begin_section("Message");
    add_headers(options, target.headers);
    options.add({"--id", "TEXT", "Id of the message", value::text(target.id)});
    options.add(
        {"--content-type", "TEXT", "Media type of the payload", value::text(target.content_type)}
    );
    options.end_section();
}

Result<std::optional<ProtoType>, int> load_payload_type(
    std::string_view command, const PayloadOptions& options
) {
    if (!options.is_json()) {
        return std::optional<ProtoType>();
    }
    auto type = ProtoType::load(options.proto);
    if (!type) {
        print_error(command, type.error());
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

void note_terminal(std::string_view note) {
    if (::isatty(STDIN_FILENO) == 1) {
        print_note(note);
    }
}

Result<std::string, InputError> read_payload_text(
    const PayloadOptions& options, SignalWaiter& signals
) {
    if (options.json) {
        return *options.json;
    }
    if (!options.file.empty()) {
        return read_file(options.file, kMaxPayloadBytes, &signals);
    }
    if (options.data && *options.data != "-") {
        return *options.data;
    }
    note_terminal("Reading the payload from the terminal; Ctrl-D ends it.");
    auto text = read_all(read_from(STDIN_FILENO, &signals), kMaxPayloadBytes);
    if (!text) {
        text.error().text = "standard input: " + text.error().text;
    }
    return text;
}

Result<std::string, InputError> read_payload(
    const PayloadOptions& options, const ProtoType* type, SignalWaiter& signals
) {
    auto text = read_payload_text(options, signals);
    return text ? encode_payload(type, *std::move(text)) : std::move(text);
}

}  // namespace telex::cli

#pragma once
// What is published or asked: a payload from an argument, a file or standard input, plain or as the
// JSON form of a protobuf message.
#include "base/result.hpp"
#include "cli/messages/proto_type.hpp"
#include "cli/options/cli11.hpp"
#include "cli/terminal/input.hpp"
#include <telex/message.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telex::cli {

// No payload may be larger; the exchange's own limit is lower by default.
inline constexpr std::size_t kMaxPayloadBytes = std::size_t{256} << 20U;

struct PayloadOptions {
    std::optional<std::string> data;
    std::optional<std::string> json;
    std::string file;
    ProtoSource proto;
    Headers headers;
    std::string id;
    std::string content_type;

    // The payload is written as JSON, whatever it comes from.
    bool written_as_json() const { return json || !proto.file.empty(); }
};

// DATA, --file, --json, --proto, --type, --header, --id, --content-type
void add_payload(CLI::App& app, PayloadOptions& options);

// The type that payloads are encoded as, when they are. The error is the exit code.
[[nodiscard]] Result<std::optional<ProtoType>, int> load_payload_type(
    std::string_view verb, const PayloadOptions& options
);

// A payload as it is sent. `type` may be null.
[[nodiscard]] Result<std::string, InputError> encode_payload(
    const ProtoType* type, std::string text
);

// The one payload that the options name. DATA "-" and no DATA at all mean standard input; at a
// terminal no DATA is an empty payload.
[[nodiscard]] Result<std::string, InputError> read_payload(
    const PayloadOptions& options, const ProtoType* type, const InputSource& standard_input
);

// Id, headers, content type and type, in telex::PublishOptions or telex::RequestOptions.
template <class Options>
Options message_options(const PayloadOptions& payload) {
    Options options;
    options.headers = payload.headers;
    options.id = payload.id;
    options.content_type = payload.content_type;
    options.type = payload.proto.type;
    if (payload.written_as_json() && options.content_type.empty()) {
        options.content_type = "application/protobuf";
    }
    return options;
}

}  // namespace telex::cli

#pragma once
// The payload of `pub` and `request`: from an argument, a file or standard input, plain or as the
// JSON form of a protobuf message.
#include "base/result.hpp"
#include "cli/messages/proto_type.hpp"
#include "cli/options/option_set.hpp"
#include "cli/terminal/input.hpp"
#include "cli/terminal/signal_waiter.hpp"
#include <telex/message.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telex::cli {

// Maximum size of a payload; the exchange's limit is lower by default.
inline constexpr std::size_t kMaxPayloadBytes = std::size_t{256} << 20U;

struct PayloadOptions {
    std::optional<std::string> data;
    std::optional<std::string> json;
    std::string file;
    ProtoSource proto;
    Headers headers;
    std::string id;
    std::string content_type;

    // Whether the payload is given as JSON.
    bool is_json() const { return json || !proto.file.empty(); }
};

// DATA, --file, --json, --proto, --type as the section "Payload"; --header, --id, --content-type as
// the section "Message"
void add_payload(OptionSet& options, PayloadOptions& target);

// Loads the type of payloads that are given as JSON. Prints an error and returns the exit code if
// that fails.
[[nodiscard]] Result<std::optional<ProtoType>, int> load_payload_type(
    std::string_view command, const PayloadOptions& options
);

// Encodes a payload for sending. `type` may be null.
[[nodiscard]] Result<std::string, InputError> encode_payload(
    const ProtoType* type, std::string text
);

// Prints the note if standard input is a terminal: the tool waits for input there.
void note_terminal(std::string_view note);

// Reads the payload as it was given. DATA "-" or no DATA means standard input.
[[nodiscard]] Result<std::string, InputError> read_payload_text(
    const PayloadOptions& options, SignalWaiter& signals
);
// Reads and encodes the payload.
[[nodiscard]] Result<std::string, InputError> read_payload(
    const PayloadOptions& options, const ProtoType* type, SignalWaiter& signals
);

// Options: telex::PublishOptions or telex::RequestOptions.
template <class Options>
Options message_options(const PayloadOptions& payload) {
    Options options;
    options.headers = payload.headers;
    options.id = payload.id;
    options.content_type = payload.content_type;
    options.type = payload.proto.type;
    if (payload.is_json() && options.content_type.empty()) {
        options.content_type = "application/protobuf";
    }
    return options;
}

}  // namespace telex::cli

#pragma once
// How `sub` and `request` show a message:
//
//   text   subject  payload  [what else it has]     one line, safe on a terminal
//   json   {"subject": ..., "text" | "payload": ..., ...}   one line; payload is base64
//   raw    the payload's bytes and a delimiter
//
// With a protobuf type the payload is shown as JSON; one that does not parse is shown as digits
// together with the error.
#include "cli/messages/proto_type.hpp"
#include "cli/options/cli11.hpp"
#include "cli/options/option_types.hpp"
#include <telex/message.hpp>

#include <optional>
#include <string>

namespace telex::cli {

struct PrintOptions {
    Format format = Format::text;
    bool raw = false;
    std::optional<std::string> delimiter;  // after each raw payload
    bool subject = true;                   // text begins with the subject
};

// --format, --raw, --delimiter
void add_print(CLI::App& app, PrintOptions& options);

class MessagePrinter {
public:
    MessagePrinter(PrintOptions options, std::optional<ProtoType> type);

    // What to write for this message, its line end included.
    std::string print(const Message& message) const;

private:
    std::string raw(const Message& message) const;
    std::string text_line(const Message& message) const;
    std::string json_line(const Message& message) const;

    PrintOptions options_;
    std::optional<ProtoType> type_;
};

}  // namespace telex::cli

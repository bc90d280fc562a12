#pragma once
// Formats messages for `sub` and `request`:
//
//   text   subject  payload  [other fields]    one line, safe for a terminal
//   json   {"subject": ..., "text" | "payload": ..., ...}   one line; payload is base64
//   raw    the payload's bytes and a delimiter
//
// With a protobuf type the payload is shown as JSON; a payload that does not parse is shown as
// digits with the error.
#include "cli/messages/proto_type.hpp"
#include "cli/options/common_options.hpp"
#include <telex/message.hpp>

#include <optional>
#include <string>

namespace telex::cli {

struct PrintOptions {
    Format format = Format::text;
    bool raw = false;
    std::optional<std::string> delimiter;  // after each raw payload
    bool subject = true;                   // text output begins with the subject
};

// --format, --raw, --delimiter, as the section "Output"
void add_print(OptionSet& options, PrintOptions& target);

class MessagePrinter {
public:
    MessagePrinter(PrintOptions options, std::optional<ProtoType> type);

    // Returns the output for this message, with its line end.
    std::string print(const Message& message) const;

private:
    std::string raw(const Message& message) const;
    std::string text_line(const Message& message) const;
    std::string json_line(const Message& message) const;

    PrintOptions options_;
    std::optional<ProtoType> type_;
};

}  // namespace telex::cli

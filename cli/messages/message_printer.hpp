#pragma once
// Formats messages for `sub` and `request`:
//
//   text   subject  payload  [other fields]    one line, safe for a terminal
//   json   {"subject": ..., "text" | "payload": ..., ...}   one line; payload is base64
//   raw    the payload's bytes and a delimiter
//
// Text and JSON may begin with the number and the time of arrival.
//
// With a protobuf type the payload is shown as JSON; a payload that does not parse is shown as
// digits with the error.
#include "cli/messages/proto_type.hpp"
#include "cli/options/common_options.hpp"
#include "cli/terminal/colour.hpp"
#include <telex/message.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace telex::cli {

struct PrintOptions {
    Format format = Format::text;
    bool raw = false;
    std::optional<std::string> delimiter;  // after each raw payload
    bool subject = true;                   // text output begins with the subject
    bool headers_only = false;             // the payload's size instead of the payload
    bool pretty = false;                   // text: payloads that are JSON are indented
    bool number = false;
    bool timestamps = false;
    Colours colours{};
};

// --format, --raw, --delimiter, --headers-only and --pretty, as the section "Output"
void add_print(OptionSet& options, PrintOptions& target);
// --number and --timestamps, in the same section
void add_arrival(OptionSet& options, PrintOptions& target);

struct Arrival {
    std::uint64_t number = 0;  // from 1
    std::int64_t unix_nanoseconds = 0;
    std::chrono::nanoseconds gap{0};  // since the message before; 0 for the first
};

class MessagePrinter {
public:
    MessagePrinter(PrintOptions options, std::optional<ProtoType> type);

    // Returns the output for this message, with its line end.
    std::string print(const Message& message, const Arrival& arrival = {}) const;

private:
    std::string raw(const Message& message) const;
    std::string text_line(const Message& message, const Arrival& arrival) const;
    std::string arrival_text(const Arrival& arrival) const;
    std::string payload_text(const Message& message) const;
    std::string json_line(const Message& message, const Arrival& arrival) const;

    PrintOptions options_;
    std::optional<ProtoType> type_;
};

}  // namespace telex::cli

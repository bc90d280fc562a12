#include "cli/messages/message_printer.hpp"

#include "base/base64.hpp"
#include "base/json_text.hpp"
#include "base/printable.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/text.hpp"
#include "wire/plain_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>
#include <vector>

namespace telex::cli {
namespace {

using Json = nlohmann::ordered_json;

// The fields that are not in the line yet: "reply to: x; id: 7; Name: value".
std::string details(const Message& message) {
    std::vector<std::string> parts;
    const auto add = [&parts](std::string_view name, const std::string& value) {
        if (!value.empty()) {
            parts.push_back(fmt::format("{}: {}", name, printable(value)));
        }
    };
    add("reply to", message.reply_to);
    add("id", message.id);
    add("content type", message.content_type);
    add("type", message.type);
    for (const Header& header : message.headers) {
        parts.push_back(fmt::format("{}: {}", printable(header.name), printable(header.value)));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

void add_payload(Json& line, const std::string& payload) {
    if (wire::is_plain_text(payload)) {
        line["text"] = payload;
    } else {
        line["payload"] = to_base64(payload);
    }
}

Value delimiter_value(std::optional<std::string>& target) {
    return {
        .kind = Value::Kind::text,
        .store = [&target](const std::string& text) -> Result<void, std::string> {
            auto bytes = parse_escapes(text);
            if (!bytes) {
                return unexpected(bytes.error());
            }
            target = *std::move(bytes);
            return {};
        },
        .choices = {},
    };
}

}  // namespace

void add_print(OptionSet& options, PrintOptions& target) {
    options.begin_section("Output");
    add_format(options, target.format);
    options.add({"--raw", "", "Print payloads only, unchanged", value::flag(target.raw)})
        .excludes = {"--format"};
    options
        .add(
            {"--delimiter",
             "TEXT",
             fmt::format(
                 "Print this after each raw payload; may contain \\n, \\0, \\xNN (default: {})",
                 target.delimiter == "\n" ? "\\n" : "nothing"
             ),
             delimiter_value(target.delimiter)}
        )
        .needs = {"--raw"};
    options.end_section();
}

MessagePrinter::MessagePrinter(PrintOptions options, std::optional<ProtoType> type)
    : options_(std::move(options)), type_(std::move(type)) {}

std::string MessagePrinter::print(const Message& message) const {
    if (options_.raw) {
        return raw(message);
    }
    return options_.format == Format::json ? json_line(message) : text_line(message);
}

std::string MessagePrinter::raw(const Message& message) const {
    const std::string delimiter = options_.delimiter.value_or("");
    if (type_) {
        auto json = type_->to_json(message.payload);
        if (json) {
            return *json + delimiter;
        }
    }
    return message.payload + delimiter;
}

std::string MessagePrinter::text_line(const Message& message) const {
    std::string payload;
    if (type_) {
        auto json = type_->to_json(message.payload);
        payload = json ? *std::move(json)
                       : fmt::format("{}  ({})", to_hex(message.payload), json.error());
    } else {
        payload = printable(message.payload, {.keep = options_.subject ? "\t" : "\t\n"});
    }
    std::string line = options_.subject ? fmt::format("{}  {}", printable(message.subject), payload)
                                        : std::move(payload);
    if (const std::string more = details(message); !more.empty() && options_.subject) {
        line += fmt::format("  [{}]", more);
    }
    if (!line.ends_with('\n')) {
        line += '\n';
    }
    return line;
}

std::string MessagePrinter::json_line(const Message& message) const {
    Json line{{"subject", message.subject}};
    if (type_) {
        const auto json = type_->to_json(message.payload);
        if (json) {
            line["message"] = Json::parse(*json);
        } else {
            add_payload(line, message.payload);
            line["error"] = json.error();
        }
    } else {
        add_payload(line, message.payload);
    }
    const auto add = [&line](const char* name, const std::string& value) {
        if (!value.empty()) {
            line[name] = value;
        }
    };
    add("replyTo", message.reply_to);
    add("id", message.id);
    add("contentType", message.content_type);
    add("type", message.type);
    for (const Header& header : message.headers) {
        line["headers"].push_back(Json{{"name", header.name}, {"value", header.value}});
    }
    return escape_json_controls(line.dump(-1, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace telex::cli

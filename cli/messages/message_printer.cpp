#include "cli/messages/message_printer.hpp"

#include "base/base64.hpp"
#include "base/printable.hpp"
#include "cli/messages/json_layout.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/json_line.hpp"
#include "cli/terminal/table.hpp"
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

void add_payload(Json& line, const std::string& payload, const std::optional<ProtoType>& type) {
    if (!type) {
        add_payload(line, payload);
    } else if (const auto json = type->to_json(payload)) {
        line["message"] = Json::parse(*json);
    } else {
        add_payload(line, payload);
        line["error"] = json.error();
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
    options
        .add(
            {"--headers-only",
             "",
             "Print the size of a payload instead of the payload",
             value::flag(target.headers_only)}
        )
        .excludes = {"--raw"};
    options.add({"--pretty", "", "Indent payloads that are JSON", value::flag(target.pretty)})
        .excludes = {"--raw", "--format", "--headers-only"};
    options.end_section();
}

void add_arrival(OptionSet& options, PrintOptions& target) {
    options.begin_section("Output");
    options.add({"--number", "", "Number the messages", value::flag(target.number)}).excludes = {
        "--raw"
    };
    options
        .add(
            {"--timestamps",
             "",
             "Print the time of arrival (UTC), and the seconds since the last message",
             value::flag(target.timestamps)}
        )
        .excludes = {"--raw"};
    options.end_section();
}

MessagePrinter::MessagePrinter(PrintOptions options, std::optional<ProtoType> type)
    : options_(std::move(options)), type_(std::move(type)) {}

std::string MessagePrinter::print(const Message& message, const Arrival& arrival) const {
    if (options_.raw) {
        return raw(message);
    }
    return options_.format == Format::json ? json_line(message, arrival)
                                           : text_line(message, arrival);
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

std::string MessagePrinter::arrival_text(const Arrival& arrival) const {
    std::string text;
    if (options_.number) {
        text += fmt::format("#{}  ", arrival.number);
    }
    if (options_.timestamps) {
        text += fmt::format(
            "{}  +{:.6f}  ",
            time_text(arrival.unix_nanoseconds),
            std::chrono::duration<double>(arrival.gap).count()
        );
    }
    return text.empty() ? text : options_.colours.paint(Colour::green, text);
}

std::string MessagePrinter::payload_text(const Message& message) const {
    if (options_.headers_only) {
        return fmt::format("{} B", message.payload.size());
    }
    std::string payload = message.payload;
    std::string problem;
    if (type_) {
        auto json = type_->to_json(message.payload);
        problem = json ? "" : fmt::format("  ({})", json.error());
        payload = json ? *std::move(json) : to_hex(message.payload);
    }
    if (options_.pretty) {
        if (const auto indented = indented_json(payload)) {
            return printable(*indented, {.keep = "\n"});
        }
    }
    return printable(payload, {.keep = options_.subject ? "\t" : "\t\n"}) + problem;
}

std::string MessagePrinter::text_line(const Message& message, const Arrival& arrival) const {
    std::string line = arrival_text(arrival);
    const std::string payload = payload_text(message);
    if (options_.subject) {
        const std::string more = details(message);
        const std::string fields =
            more.empty() ? more
                         : options_.colours.paint(Colour::yellow, fmt::format("  [{}]", more));
        const std::string subject =
            options_.colours.paint(Colour::cyan, printable(message.subject));
        // Several lines of a payload stand below the fields.
        line += payload.find('\n') == std::string::npos
                    ? fmt::format("{}  {}{}", subject, payload, fields)
                    : fmt::format("{}{}\n{}", subject, fields, payload);
    } else {
        line += payload;
    }
    if (!line.ends_with('\n')) {
        line += '\n';
    }
    return line;
}

std::string MessagePrinter::json_line(const Message& message, const Arrival& arrival) const {
    Json line;
    if (options_.number) {
        line["number"] = arrival.number;
    }
    if (options_.timestamps) {
        line["unixNanoseconds"] = arrival.unix_nanoseconds;
        line["gapNanoseconds"] = arrival.gap.count();
    }
    line["subject"] = message.subject;
    if (options_.headers_only) {
        line["payloadBytes"] = message.payload.size();
    } else {
        add_payload(line, message.payload, type_);
    }
    const auto add = [&line](const char* name, const std::string& value) {
        if (!value.empty()) {
            line[name] = value;
        }
    };
    add("replyTo", message.reply_to);
    add("reply", message.reply_to);  // the old name, for one version more
    add("id", message.id);
    add("contentType", message.content_type);
    add("type", message.type);
    for (const Header& header : message.headers) {
        line["headers"].push_back(Json{{"name", header.name}, {"value", header.value}});
    }
    return cli::json_line(line);
}

}  // namespace telex::cli

#include "wire/json_message.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace telex::wire {

namespace {

using nlohmann::json;

void append_escape(std::string& out, char byte) {
    switch (byte) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(byte));
    }
}

// A function object, so that the search inlines it. 0xC2 begins U+0080 to U+009F, which terminals
// interpret like the controls below U+0020, and some harmless characters.
constexpr auto kMayNeedEscape = [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == '"' || byte == '\\' ||
           byte == '\x7F' || byte == '\xC2';
};

// Appends the character at the start of `text`, and returns its size.
std::size_t append_escaped(std::string& out, std::string_view text) {
    if (text.front() != '\xC2') {
        append_escape(out, text.front());
        return 1;
    }
    const std::string_view character = text.substr(0, 2);
    if (character.size() < 2 || static_cast<unsigned char>(character[1]) >= 0xA0) {
        out += character;
    } else {
        append_escape(out, character[1]);  // its number is that of the last byte
    }
    return character.size();
}

void append_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const auto plain = std::find_if(text.begin(), text.end(), kMayNeedEscape);
        const auto run = static_cast<std::size_t>(plain - text.begin());
        out += text.substr(0, run);
        text.remove_prefix(run);
        if (!text.empty()) {
            text.remove_prefix(append_escaped(out, text));
        }
    }
    out += '"';
}

// An object's fields as they are written. Default values are left out, as in the library.
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

    void end() { out_ += '}'; }

    std::string& field(std::string_view name) {
        out_ += first_ ? "\"" : ",\"";
        first_ = false;
        out_ += name;
        out_ += "\":";
        return out_;
    }

    void string(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            valid_ = valid_ && is_utf8(value);
            append_string(field(name), value);
        }
    }

    // Many JSON readers cannot hold 64 bits in a number.
    void number64(std::string_view name, std::uint64_t value) {
        if (value != 0) {
            fmt::format_to(std::back_inserter(field(name)), "\"{}\"", value);
        }
    }

    void number32(std::string_view name, std::uint32_t value) {
        if (value != 0) {
            fmt::format_to(std::back_inserter(field(name)), "{}", value);
        }
    }

    bool valid() const { return valid_; }

private:
    std::string& out_;
    bool first_ = true;
    bool valid_ = true;
};

bool append_headers(std::string& out, const v1::Message& message) {
    bool valid = true;
    out += '[';
    for (const v1::Header& header : message.headers()) {
        if (&header != &message.headers(0)) {
            out += ',';
        }
        ObjectWriter object(out);
        object.string("name", header.name());
        object.string("value", header.value());
        object.end();
        valid = valid && object.valid();
    }
    out += ']';
    return valid;
}

bool append_message(std::string& out, const v1::Message& message) {
    ObjectWriter object(out);
    bool headers_valid = true;
    object.string("subject", message.subject());
    object.string("reply", message.reply());
    if (message.headers_size() > 0) {
        headers_valid = append_headers(object.field("headers"), message);
    }
    object.string("id", message.id());
    object.string("contentType", message.content_type());
    object.string("type", message.type());
    object.string("text", message.payload());
    object.end();
    return object.valid() && headers_valid;
}

struct StringField {
    std::string_view name;
    void (*set)(v1::Message& message, const std::string& value);
};

constexpr std::array<StringField, 5> kStringFields{{
    {"subject", [](v1::Message& message, const std::string& value) { message.set_subject(value); }},
    {"reply", [](v1::Message& message, const std::string& value) { message.set_reply(value); }},
    {"id", [](v1::Message& message, const std::string& value) { message.set_id(value); }},
    {"contentType",
     [](v1::Message& message, const std::string& value) { message.set_content_type(value); }},
    {"type", [](v1::Message& message, const std::string& value) { message.set_type(value); }},
}};

const StringField* field_named(std::string_view name) {
    const auto* const found =
        std::find_if(kStringFields.begin(), kStringFields.end(), [&](const StringField& field) {
            return field.name == name;
        });
    return found == kStringFields.end() ? nullptr : found;
}

bool is_usual(const json& tree) {
    if (tree.size() != 1 || !tree.contains("message") || !tree["message"].is_object()) {
        return false;
    }
    const json& message = tree["message"];
    for (auto field = message.begin(); field != message.end(); ++field) {
        if (!field->is_string() || field_named(field.key()) == nullptr) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool append_usual_json(std::string& out, const v1::Frame& frame) {
    if (!frame.has_message() || frame.control_case() != v1::Frame::CONTROL_NOT_SET) {
        return false;
    }
    const std::size_t before = out.size();
    ObjectWriter object(out);
    object.number64("subscription", frame.subscription());
    const bool valid = append_message(object.field("message"), frame.message());
    object.number64("request", frame.request());
    object.number32("timeoutMs", frame.timeout_ms());
    object.string("replyTo", frame.reply_to());
    object.end();
    if (!valid || !object.valid()) {
        out.resize(before);
        return false;
    }
    return true;
}

bool read_usual_json(const json& tree, v1::Frame& out) {
    if (!is_usual(tree)) {
        return false;
    }
    v1::Message& message = *out.mutable_message();
    for (auto field = tree["message"].begin(); field != tree["message"].end(); ++field) {
        field_named(field.key())->set(message, field->get_ref<const std::string&>());
    }
    return true;
}

}  // namespace telex::wire

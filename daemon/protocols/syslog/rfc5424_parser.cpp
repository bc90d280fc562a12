#include "protocols/syslog/rfc5424_parser.hpp"

#include "protocols/syslog/timestamp.hpp"

#include <algorithm>

namespace telex::session::syslog {
namespace {

constexpr std::string_view kVersion = "1 ";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaxName = 32;

// A field and the blank behind it. "-" stands for an absent one.
bool take_field(TextCursor& input, std::size_t limit, std::string_view& field) {
    const std::string_view word = input.word(limit);
    if (word.empty()) {
        return false;
    }
    input.skip(word.size());
    if (word != "-") {
        field = word;
    }
    return input.take(' ');
}

bool take_time_field(TextCursor& input, std::string_view& time) {
    if (!take_field(input, kMaxTime, time)) {
        return false;
    }
    return time.empty() || iso_time_length(time) == time.size();
}

// The name of an element or of a parameter.
bool take_name(TextCursor& input) {
    const std::string_view text = input.rest().substr(0, kMaxName + 1);
    std::size_t size = 0;
    while (size < text.size() && is_visible(text[size]) && text[size] != '=' && text[size] != ']' &&
           text[size] != '"') {
        ++size;
    }
    if (size == 0 || size > kMaxName) {
        return false;
    }
    input.skip(size);
    return true;
}

// The rest of a value and its closing quote.
bool take_value(TextCursor& input) {
    for (;;) {
        const ByteView rest = input.rest();
        const auto stop = std::find_if(rest.begin(), rest.end(), [](char c) {
            return c == '"' || c == '\\' || c == ']';
        });
        input.skip(static_cast<std::size_t>(stop - rest.begin()));
        if (input.take('"')) {
            return true;
        }
        if (input.take(']')) {
            return false;  // must be escaped
        }
        input.skip_one('\\');
        if (input.at_end()) {
            return false;
        }
        input.skip(1);  // the escaped byte, or an ordinary one behind a backslash
    }
}

bool take_element(TextCursor& input) {
    if (!input.take('[') || !take_name(input)) {
        return false;
    }
    while (input.take(' ')) {
        if (!take_name(input) || !input.take('=') || !input.take('"') || !take_value(input)) {
            return false;
        }
    }
    return input.take(']');
}

bool take_data(TextCursor& input, std::string_view& data) {
    if (input.take('-')) {
        return true;
    }
    const std::size_t size = structured_data_length(input.rest());
    data = input.take_bytes(size);
    return size != 0;
}

}  // namespace

std::size_t structured_data_length(std::string_view text) {
    TextCursor input(text);
    do {
        if (!take_element(input)) {
            return 0;
        }
    } while (input.sees('['));
    return text.size() - input.rest().size();
}

bool begins_as_rfc5424(std::string_view rest) {
    TextCursor input(rest);
    if (!input.take('1') || !input.take(' ')) {
        return false;
    }
    return input.rest().starts_with("- ") || iso_time_length(input.rest()) != 0;
}

bool read_rfc5424(TextCursor input, SyslogMessage& message) {
    input.skip(kVersion.size());
    if (!take_time_field(input, message.time) || !take_field(input, kMaxHost, message.host) ||
        !take_field(input, kMaxApp, message.app) ||
        !take_field(input, kMaxProcid, message.procid) ||
        !take_field(input, kMaxMsgid, message.msgid) || !take_data(input, message.data)) {
        return false;
    }
    if (!input.at_end() && !input.take(' ')) {
        return false;
    }
    if (input.rest().starts_with(kByteOrderMark)) {
        input.skip(kByteOrderMark.size());
    }
    message.format = SyslogFormat::rfc5424;
    message.text = input.rest();
    return true;
}

}  // namespace telex::session::syslog

#include "protocols/syslog/rfc5424_parser.hpp"

#include "protocols/syslog/byte_set.hpp"
#include "protocols/syslog/timestamp.hpp"

namespace telex::session::syslog {
namespace {

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

// Takes the version and the time, which must be followed by a blank in the end.
Rfc5424 take_time_field(TextCursor& input, std::string_view& time) {
    constexpr std::size_t kDateSize = std::string_view("2026-11-29").size();
    if (!input.take('1') || !input.take(' ')) {
        return Rfc5424::other_form;
    }
    const std::size_t size = iso_time_length(input.rest());
    if (size == 0) {
        const bool absent = input.take('-') && input.take(' ');
        return absent ? Rfc5424::read : Rfc5424::other_form;
    }
    time = input.take_bytes(size);
    // Other forms have a blank between date and time.
    return time[kDateSize] == 'T' && input.take(' ') ? Rfc5424::read : Rfc5424::malformed;
}

// The bytes of a name of an element or a parameter.
constexpr ByteSet kInParameterName([](char c) {
    return is_visible(c) && c != '=' && c != ']' && c != '"';
});

// The bytes of a value but for its end and for escapes.
constexpr ByteSet kInValue([](char c) { return c != '"' && c != '\\' && c != ']'; });

bool take_name(TextCursor& input) {
    const std::size_t size = kInParameterName.run_in(input.rest(), kMaxName + 1);
    if (size == 0 || size > kMaxName) {
        return false;
    }
    input.skip(size);
    return true;
}

// The rest of a value and its closing quote.
bool take_value(TextCursor& input) {
    for (;;) {
        input.skip(kInValue.run_in(input.rest()));
        if (input.take('"')) {
            return true;
        }
        if (input.at_end() || input.sees(']')) {
            return false;  // a bracket must be escaped
        }
        input.skip(1);  // the backslash
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

bool take_fields(TextCursor& input, SyslogMessage& message) {
    return take_field(input, kMaxHost, message.host) && take_field(input, kMaxApp, message.app) &&
           take_field(input, kMaxProcid, message.procid) &&
           take_field(input, kMaxMsgid, message.msgid) && take_data(input, message.data) &&
           (input.at_end() || input.take(' '));
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

Rfc5424 read_rfc5424(TextCursor input, SyslogMessage& message) {
    if (const auto begin = take_time_field(input, message.time); begin != Rfc5424::read) {
        return begin;
    }
    if (!take_fields(input, message)) {
        return Rfc5424::malformed;
    }
    if (input.rest().starts_with(kByteOrderMark)) {
        input.skip(kByteOrderMark.size());
    }
    message.format = SyslogFormat::rfc5424;
    message.text = input.rest();
    return Rfc5424::read;
}

}  // namespace telex::session::syslog

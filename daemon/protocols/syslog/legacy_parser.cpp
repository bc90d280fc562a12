#include "protocols/syslog/legacy_parser.hpp"

#include "protocols/syslog/byte_set.hpp"
#include "protocols/syslog/timestamp.hpp"

#include <cstddef>

namespace telex::session::syslog {
namespace {

constexpr std::size_t kMaxSequenceDigits = 10;
constexpr std::size_t kMaxZone = 8;

constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || is_upper(c);
}

constexpr bool is_name_byte(char c) {
    return is_letter(c) || is_decimal(c) || c == '-' || c == '_' || c == '.';
}

constexpr ByteSet kInMark(is_name_byte);
constexpr ByteSet kDigits(is_decimal);

// A name, an IPv4 address or, as syslog-ng writes it, several with '@' and '/' between them.
constexpr ByteSet kInHostName([](char c) { return is_name_byte(c) || c == '@' || c == '/'; });

constexpr ByteSet kInIpv6([](char c) {
    return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
           c == '.';
});

// The bytes of a tag's name, but for colons.
constexpr ByteSet kInTag([](char c) { return is_visible(c) && c != ':' && c != '['; });

constexpr ByteSet kInProcid([](char c) { return is_visible(c) && c != ']'; });

bool is_host(std::string_view word) {
    return kInHostName.has_all(word) || kInIpv6.has_all(word);
}

// The word that follows, if it can be a host.
std::string_view host_ahead(const TextCursor& input) {
    const std::string_view word = input.word(kMaxHost);
    return is_host(word) ? word : std::string_view();
}

// The bytes up to the closing bracket, or some that do not end with one.
std::string_view procid_ahead(const TextCursor& input) {
    const std::string_view text = input.rest();
    return text.substr(0, kInProcid.run_in(text, kMaxProcid));
}

// A colon as in "Foo::Bar", which does not end the name.
bool is_inner_colon(std::string_view text, std::size_t at) {
    return text[at] == ':' && at + 1 != text.size() && text[at + 1] != ' ';
}

// The size of the name at the start of a tag; 0 if there is none. A number is not a name.
std::size_t tag_name_size(std::string_view text) {
    text = text.substr(0, kMaxApp + 1);
    std::size_t size = kInTag.run_in(text);
    while (size < text.size() && is_inner_colon(text, size)) {
        ++size;
        size += kInTag.run_in(text.substr(size));
    }
    const bool ended = size < text.size() && is_visible(text[size]);
    return ended && !kDigits.has_all(text.substr(0, size)) ? size : 0;
}

// Takes "app:", "app[pid]:" or "app[pid]", and one blank.
bool take_tag(TextCursor& input, SyslogMessage& message) {
    const std::size_t size = tag_name_size(input.rest());
    if (size == 0) {
        return false;
    }
    TextCursor ahead = input;
    const std::string_view app = ahead.take_bytes(size);
    std::string_view procid;
    if (ahead.take('[')) {
        procid = procid_ahead(ahead);
        ahead.skip(procid.size());
        if (procid.empty() || !ahead.take(']')) {
            return false;
        }
        if (!ahead.take(':') && !ahead.at_end() && !ahead.sees(' ')) {
            return false;
        }
    } else {
        ahead.skip_one(':');
    }
    ahead.skip_one(' ');
    message.app = app;
    message.procid = procid;
    input = ahead;
    return true;
}

// --- Cisco --------------------------------------------------------------------------------------

// Takes "22: ".
bool take_sequence(TextCursor& input) {
    const std::string_view text = input.rest();
    const std::size_t digits = kDigits.run_in(text, kMaxSequenceDigits);
    if (digits == 0 || !text.substr(digits).starts_with(": ")) {
        return false;
    }
    input.skip(digits + 2);
    return true;
}

// The place of "-5-" in "SYS-5-CONFIG_I", or npos.
std::size_t severity_place(std::string_view mark) {
    constexpr std::size_t kSize = 3;
    for (std::size_t at = 1; at + kSize < mark.size(); ++at) {
        if (mark[at] == '-' && is_decimal(mark[at + 1]) && mark[at + 2] == '-') {
            return at;
        }
    }
    return std::string_view::npos;
}

// Takes "%SYS-5-CONFIG_I: ". Requires the '%'.
bool take_mark_ahead(TextCursor& input, SyslogMessage& message) {
    TextCursor ahead = input;
    ahead.skip(1);
    const std::string_view word = ahead.word(kMaxApp + kMaxMsgid);
    const std::string_view mark = word.substr(0, word.find(':'));
    const std::size_t place = severity_place(mark);
    if (place == std::string_view::npos || !is_letter(mark.front())) {
        return false;
    }
    constexpr std::size_t kSeparators = 3;
    const std::string_view msgid = mark.substr(place + kSeparators);
    if (place > kMaxApp || msgid.size() > kMaxMsgid || !kInMark.has_all(mark)) {
        return false;
    }
    ahead.skip(mark.size());
    ahead.skip_one(':');
    ahead.skip_one(' ');
    message.app = mark.substr(0, place);
    message.msgid = msgid;
    message.format = SyslogFormat::cisco;
    input = ahead;
    return true;
}

bool take_mark(TextCursor& input, SyslogMessage& message) {
    return input.sees('%') && take_mark_ahead(input, message);
}

// Takes the name of a zone, in capitals, that ends with a colon: "UTC" of " UTC: %SYS-5-CONFIG_I".
// Without a mark behind it only if `any`: "CRON:" is a tag.
void take_zone(TextCursor& input, bool any) {
    TextCursor ahead = input;
    if (!ahead.take(' ')) {
        return;
    }
    const std::string_view text = ahead.rest().substr(0, kMaxZone + 1);
    std::size_t size = 0;
    while (size < text.size() && (is_upper(text[size]) || text[size] == '-')) {
        ++size;
    }
    if (size == 0) {
        return;
    }
    ahead.skip(size);
    if (ahead.rest().starts_with(any ? ":" : ": %")) {
        input = ahead;
    }
}

// --- the order of the parts ---------------------------------------------------------------------

class LegacyReader {
public:
    LegacyReader(TextCursor input, SyslogMessage& message) : input_(input), message_(message) {}

    void read() {
        message_.format = SyslogFormat::rfc3164;
        const TextCursor begin = input_;
        read_device_head();
        if (!take_time()) {
            // A sequence alone proves nothing: "22: 30 files removed".
            message_.host = {};
            input_ = begin;
            sequence_ = false;
            if (input_.take(':')) {
                input_.skip_one(' ');
            }
            read_without_time();
        } else {
            read_behind_time();
        }
        message_.text = input_.rest();
    }

private:
    // The parts that devices write before the time.
    void read_device_head() {
        if (input_.take(':')) {
            device_ = true;
            input_.skip_blanks();
        }
        sequence_ = take_sequence(input_);
        if (sequence_) {
            device_ = true;
            take_host_with_colon();
            (void)take_sequence(input_);  // optional
        }
    }

    // "router: " between sequence numbers and time.
    void take_host_with_colon() {
        const std::string_view word = input_.word(kMaxHost + 1);
        const std::string_view host = word.substr(0, word.empty() ? 0 : word.size() - 1);
        if (word.ends_with(':') && !kDigits.has_all(host) && is_host(host)) {
            message_.host = host;
            input_.skip(word.size());
            input_.skip_blanks();
        }
    }

    bool take_time() {
        TextCursor ahead = input_;
        // The clock was never set, or is not synchronized.
        const bool unsure = ahead.take('*') || ahead.take('.');
        const std::string_view from = ahead.rest();
        const std::size_t bsd = bsd_time_length(from);
        const std::size_t size = bsd != 0 ? bsd : iso_time_length(from);
        if (size == 0) {
            return false;
        }
        device_ = device_ || unsure;
        ahead.skip(size);
        if (!ahead.at_end() && !ahead.sees(' ') && !ahead.sees(':')) {
            return false;
        }
        take_zone(ahead, device_);
        message_.time = from.substr(0, from.size() - ahead.rest().size());
        input_ = ahead;
        return true;
    }

    void read_without_time() {
        if (!take_mark(input_, message_)) {
            (void)take_tag(input_, message_);  // optional
        }
    }

    void read_behind_time() {
        const bool colon = input_.take(':');
        input_.skip_blanks();
        if (take_mark(input_, message_)) {
            return;
        }
        if (device_ && sequence_ && colon) {
            message_.format = SyslogFormat::cisco;  // such as debugging output
            return;
        }
        if (take_tag(input_, message_) || !message_.host.empty()) {
            return;
        }
        const std::string_view host = host_ahead(input_);
        if (host.empty()) {
            return;
        }
        message_.host = host;
        input_.skip(host.size());
        input_.skip_one(' ');
        read_behind_host();
    }

    void read_behind_host() {
        // ASA writes "host : %ASA-6-302013: text".
        TextCursor ahead = input_;
        ahead.skip_blanks();
        if (ahead.take(':')) {
            ahead.skip_blanks();
        }
        if (take_mark(ahead, message_)) {
            input_ = ahead;
        } else {
            (void)take_tag(input_, message_);  // optional
        }
    }

    TextCursor input_;
    SyslogMessage& message_;
    bool sequence_ = false;
    bool device_ = false;  // something that only devices write was found
};

}  // namespace

void read_legacy(TextCursor input, SyslogMessage& message) {
    LegacyReader(input, message).read();
}

}  // namespace telex::session::syslog

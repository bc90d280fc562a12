#include "protocols/syslog/syslog_message.hpp"

#include "protocols/syslog/legacy_parser.hpp"
#include "protocols/syslog/priority.hpp"
#include "protocols/syslog/rfc5424_parser.hpp"
#include "protocols/syslog/text_cursor.hpp"

namespace telex::session::syslog {

std::string_view name_of(SyslogFormat format) {
    switch (format) {
        case SyslogFormat::rfc3164:
            return "rfc3164";
        case SyslogFormat::rfc5424:
            return "rfc5424";
        case SyslogFormat::cisco:
            return "cisco";
        case SyslogFormat::unknown:
            break;
    }
    return "unknown";
}

SyslogMessage parse_syslog(ByteView message) {
    SyslogMessage result;
    result.text = message;
    TextCursor input(message);
    const auto priority = take_priority(input);
    if (!priority) {
        return result;
    }
    switch (read_rfc5424(input, result)) {
        case Rfc5424::read:
            break;
        case Rfc5424::malformed:
            result = {};
            result.text = message;
            break;
        case Rfc5424::other_form:
            read_legacy(input, result);
            break;
    }
    result.priority = priority;
    result.header = {message.data(), message.size() - result.text.size()};
    return result;
}

}  // namespace telex::session::syslog

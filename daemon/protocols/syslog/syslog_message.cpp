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
    result.priority = take_priority(input);
    if (!result.priority) {
        return result;
    }
    if (!begins_as_rfc5424(input.rest())) {
        read_legacy(input, result);
    } else if (SyslogMessage modern = result; read_rfc5424(input, modern)) {
        result = modern;
    }
    result.header = message.substr(0, message.size() - result.text.size());
    return result;
}

}  // namespace telex::session::syslog

#pragma once
// The configuration keys of a syslog listener.
#include "session/protocol.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace telex::session::syslog {

// The payload of a publication.
enum class PayloadPart : std::uint8_t {
    line,  // the whole message, as received
    text,  // without its header
};

struct SyslogOptions {
    // Subject template (session/subject_template.hpp) that may contain parts of the message
    // (message_fields.hpp).
    std::string publish = "log.{transport}.{peer}";
    PayloadPart payload = PayloadPart::line;
};

std::span<const OptionRow> syslog_option_rows();

std::vector<ListenerError> check_syslog_listener(const ListenerFacts& facts);

}  // namespace telex::session::syslog

#include "protocols/syslog/syslog_protocol.hpp"

#include "protocols/syslog/syslog_options.hpp"
#include "protocols/syslog/syslog_session.hpp"

namespace telex::session::syslog {

const Protocol syslog_protocol{
    .name = "syslog",
    .summary = "syslog messages, understood: severity, host, program and more become headers",
    .default_framing = "syslog",
    .can = {.has_headers = true, .may_be_silent = true, .content = FrameContent::payload},
    .make = make_session<SyslogSession>,
    .option_rows = syslog_option_rows,
    .check_listener = check_syslog_listener,
};

}  // namespace telex::session::syslog

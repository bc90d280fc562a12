#pragma once
#include "session/protocol.hpp"

namespace telex::session::syslog {

extern const Protocol syslog_protocol;

}  // namespace telex::session::syslog

#pragma once
// Messages of RFC 3164 and its dialects, and those of Cisco devices, behind their priority. Always
// succeeds: whatever is not a part of the header is text.
//
//   [seq:] [host:] [seq:] [time] [:] mark         Cisco: "%SYS-5-CONFIG_I:", "%ASA-6-302013:"
//   [time] [host] [tag]                           others; a tag is "app:" or "app[pid]" and ":"
//
// A host differs from a tag by its end: "app:" and "app[1]" are tags. Without a time there is no
// host, because any word of a text could be one.
#include "protocols/syslog/syslog_message.hpp"
#include "protocols/syslog/text_cursor.hpp"

namespace telex::session::syslog {

void read_legacy(TextCursor input, SyslogMessage& message);

}  // namespace telex::session::syslog

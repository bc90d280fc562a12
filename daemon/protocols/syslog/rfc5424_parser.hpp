#pragma once
// Messages of RFC 5424, behind their priority.
#include "protocols/syslog/syslog_message.hpp"
#include "protocols/syslog/text_cursor.hpp"

#include <cstddef>
#include <string_view>

namespace telex::session::syslog {

// "1 " and a time, or "-" in its place. Such a message is not read as another form: its parts would
// be wrong ones.
bool begins_as_rfc5424(std::string_view rest);

// Reads all fields and sets the format. Returns false if one is missing, too long or malformed; the
// message then has some of them.
[[nodiscard]] bool read_rfc5424(TextCursor input, SyslogMessage& message);

// The length of the structured data at the start of the text: one or more [id name="value" ...]
// without blanks between them. In values \" \\ and \] are escapes. Returns 0 if it is malformed.
std::size_t structured_data_length(std::string_view text);

}  // namespace telex::session::syslog

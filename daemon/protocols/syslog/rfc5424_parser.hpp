#pragma once
// Messages of RFC 5424, behind their priority.
#include "protocols/syslog/syslog_message.hpp"
#include "protocols/syslog/text_cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::session::syslog {

enum class Rfc5424 : std::uint8_t {
    read,
    // It begins with "1 " and a time, or "-" in its place, but a field is missing, too long or
    // malformed. Such a message is not read as another form: its parts would be wrong ones.
    malformed,
    other_form,
};

// Reads all fields and sets the format. A malformed message has some of them afterwards.
[[nodiscard]] Rfc5424 read_rfc5424(TextCursor input, SyslogMessage& message);

// The length of the structured data at the start of the text: one or more [id name="value" ...]
// without blanks between them. In values \" \\ and \] are escapes. Returns 0 if it is malformed.
std::size_t structured_data_length(std::string_view text);

}  // namespace telex::session::syslog

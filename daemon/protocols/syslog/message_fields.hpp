#pragma once
// The parts of a message that may stand in a subject: {severity} {facility} {host} {app} {procid}
// {msgid}.
#include "protocols/syslog/syslog_message.hpp"
#include "session/subject_template.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace telex::session::syslog {

inline constexpr std::size_t kSubjectFields = 6;

// The placeholders.
std::span<const MessageField> subject_fields();

// Their values in this message, in the same order. Absent ones are empty.
std::array<std::string_view, kSubjectFields> subject_values(const SyslogMessage& message);

}  // namespace telex::session::syslog

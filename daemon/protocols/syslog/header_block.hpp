#pragma once
// The bytes of headers that are the same in many messages, encoded once.
#include "protocols/syslog/syslog_message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::session::syslog {

// Whole headers, as they stand in an encoded message.
struct HeaderBlock {
    std::string bytes;
    std::uint32_t count = 0;
    std::size_t header_bytes = 0;  // as wire::MessageView::header_bytes
};

// More than all headers of a message take beside the values of its parts, with the heads of subject
// and payload.
inline constexpr std::size_t kMaxHeaderBlocks = 512;

// syslog-format
const HeaderBlock& format_block(SyslogFormat format);

// syslog-facility and syslog-severity. Requires a valid priority.
const HeaderBlock& priority_block(std::uint8_t priority);

// The beginning of the header of a part, up to the length of its value. In the order of time, host,
// app, procid, msgid, data.
std::string_view part_beginning(std::size_t part);

}  // namespace telex::session::syslog

#pragma once
// The bytes of headers that are the same in many messages, encoded once.
#include "protocols/syslog/syslog_message.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
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

inline constexpr std::size_t kPartHeaders = 6;

// The beginnings of the headers of parts, up to the length of the value. In the order of time,
// host, app, procid, msgid, data.
std::span<const std::string, kPartHeaders> part_beginnings();

}  // namespace telex::session::syslog

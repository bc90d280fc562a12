#pragma once
// Encodes syslog messages as messages of the exchange: the parts become headers.
//
//   syslog-format     rfc5424, rfc3164, cisco or unknown; always there
//   syslog-facility   kern to local7
//   syslog-severity   emerg to debug
//   syslog-time       as sent
//   syslog-host, syslog-app, syslog-procid, syslog-msgid, syslog-data
//
// An absent part has no header. Header values are UTF-8: bytes that are not become '?'.
//
// Owner: one syslog session, which reuses the memory.
#include "protocols/syslog/syslog_message.hpp"
#include "wire/frame_view.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace telex::session::syslog {

class MessageEncoder {
public:
    static constexpr std::size_t kMaxHeaders = 9;

    // The message must live until encode() returns.
    void set_headers(const SyslogMessage& message);

    // Encodes a message with the headers that were set. The result is valid until the next call.
    wire::MessageView encode(std::string_view subject, ByteView payload);

    // Gives the memory back if encode() was not called since the last call of this.
    void give_back_if_idle();

private:
    void add(std::string_view name, std::string_view value);
    // Returns the value, or a repaired copy of it.
    std::string_view repaired(std::string_view value);

    std::array<wire::HeaderView, kMaxHeaders> headers_;
    std::size_t count_ = 0;
    std::string repaired_;  // never grows while headers refer to it
    std::string body_;
    bool used_ = false;
};

}  // namespace telex::session::syslog

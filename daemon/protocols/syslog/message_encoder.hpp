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
// A message costs a copy of its bytes: the unchanging bytes of headers are encoded once.
//
// Owner: one syslog session, which reuses the memory.
#include "protocols/syslog/header_block.hpp"
#include "protocols/syslog/syslog_message.hpp"
#include "wire/frame_view.hpp"

#include <string>
#include <string_view>

namespace telex::session::syslog {

class MessageEncoder {
public:
    // The subject must be valid. The result is valid until the next call.
    wire::MessageView encode(
        std::string_view subject, ByteView payload, const SyslogMessage& message
    );

    // Gives the memory back if encode() was not called since the last call of this.
    void give_back_if_idle();

private:
    // `parts_end`: end of the memory that the message's parts lie in.
    wire::MessageView encode_parts(
        std::string_view subject,
        ByteView payload,
        const SyslogMessage& message,
        const char* parts_end
    );
    // Returns a copy whose parts are UTF-8.
    SyslogMessage repair(const SyslogMessage& message);

    const HeaderBlocks& blocks_ = HeaderBlocks::all();
    std::string repaired_;
    std::string body_;  // longer than the message: never shrinks, so that growing clears nothing
    bool used_ = false;
};

}  // namespace telex::session::syslog

#include "protocols/syslog/message_fields.hpp"

#include "protocols/syslog/priority.hpp"

namespace telex::session::syslog {
namespace {

// Of the longest names, "warning" and "authpriv".
constexpr std::size_t kMaxKeyword = 8;

constexpr std::array<MessageField, kSubjectFields> kFields = {{
    {"severity", kMaxKeyword},
    {"facility", kMaxKeyword},
    {"host", kMaxHost},
    {"app", kMaxApp},
    {"procid", kMaxProcid},
    {"msgid", kMaxMsgid},
}};

}  // namespace

std::span<const MessageField> subject_fields() {
    return kFields;
}

std::array<std::string_view, kSubjectFields> subject_values(const SyslogMessage& message) {
    const auto& priority = message.priority;
    return {
        priority ? severity_name(*priority) : std::string_view(),
        priority ? facility_name(*priority) : std::string_view(),
        message.host,
        message.app,
        message.procid,
        message.msgid,
    };
}

}  // namespace telex::session::syslog

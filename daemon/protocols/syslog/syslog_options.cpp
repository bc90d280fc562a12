#include "protocols/syslog/syslog_options.hpp"

#include "protocols/syslog/message_fields.hpp"
#include "session/publish_option.hpp"

#include <optional>
#include <string_view>

namespace telex::session::syslog {
namespace {

constexpr std::string_view kLine = "line";
constexpr std::string_view kText = "text";

std::optional<std::string> check_payload(std::string_view text) {
    return text == kLine || text == kText
               ? std::nullopt
               : std::optional<std::string>("is not a part of a message; there are line and text");
}

OptionAccess<std::string> payload_access() {
    return {
        [](ProtocolOptions& holder, const std::string& value) {
            if (!holder.has_value()) {
                holder = SyslogOptions{};
            }
            std::any_cast<SyslogOptions&>(holder).payload =
                value == kText ? PayloadPart::text : PayloadPart::line;
        },
        [](const ProtocolOptions& holder) -> std::optional<std::string> {
            const bool text = options_of<SyslogOptions>(holder).payload == PayloadPart::text;
            return std::string(text ? kText : kLine);
        },
    };
}

}  // namespace

std::span<const OptionRow> syslog_option_rows() {
    static const std::vector<OptionRow> rows = {
        publish_row(option_access<std::string>(&SyslogOptions::publish)),
        {"payload",
         "Payload of a publication: `line` is the whole syslog message, as received; `text` is the "
         "message without its header, whose parts are headers of the publication.",
         TextOption{payload_access(), "text", "line, text", check_payload}},
    };
    return rows;
}

std::vector<ListenerError> check_syslog_listener(const ListenerFacts& facts) {
    if (!facts.good("publish")) {
        return {};
    }
    const auto& options = options_of<SyslogOptions>(facts.options.protocol);
    const auto parsed = SubjectTemplate::parse(
        options.publish, SubjectTemplate::Use::publish, facts.options.subject, subject_fields()
    );
    if (!parsed) {
        return {{facts.given("publish") ? "publish" : "", parsed.error()}};
    }
    return {};
}

}  // namespace telex::session::syslog

#include "protocols/syslog/message_encoder.hpp"

#include "base/utf8.hpp"
#include "protocols/syslog/priority.hpp"
#include "wire/writer.hpp"

#include <algorithm>
#include <numeric>

namespace telex::session::syslog {

void MessageEncoder::set_headers(const SyslogMessage& message) {
    count_ = 0;
    repaired_.clear();
    add("syslog-format", name_of(message.format));
    if (message.priority) {
        add("syslog-facility", facility_name(*message.priority));
        add("syslog-severity", severity_name(*message.priority));
    }
    // A repaired value is not longer than the original, so this is enough for all of them.
    const std::array parts = {
        message.time,
        message.host,
        message.app,
        message.procid,
        message.msgid,
        message.data,
    };
    if (!std::all_of(parts.begin(), parts.end(), is_utf8)) {
        repaired_.reserve(std::accumulate(
            parts.begin(),
            parts.end(),
            std::size_t{0},
            [](std::size_t sum, std::string_view part) { return sum + part.size(); }
        ));
    }
    add("syslog-time", message.time);
    add("syslog-host", message.host);
    add("syslog-app", message.app);
    add("syslog-procid", message.procid);
    add("syslog-msgid", message.msgid);
    add("syslog-data", message.data);
}

void MessageEncoder::add(std::string_view name, std::string_view value) {
    if (!value.empty()) {
        headers_[count_++] = {name, repaired(value)};
    }
}

std::string_view MessageEncoder::repaired(std::string_view value) {
    if (is_utf8(value)) [[likely]] {
        return value;
    }
    const std::size_t begin = repaired_.size();
    while (!value.empty()) {
        const std::size_t length = utf8_length(value);
        repaired_ += length == 0 ? std::string_view("?") : value.substr(0, length);
        value.remove_prefix(length == 0 ? 1 : length);
    }
    return std::string_view(repaired_).substr(begin);
}

wire::MessageView MessageEncoder::encode(std::string_view subject, ByteView payload) {
    used_ = true;
    body_.clear();
    wire::append_message(body_, subject, payload, {}, std::span(headers_).first(count_));
    // Scanning is cheap, and guarantees that the views of the result lie in the body.
    return wire::scan_message(body_).value_or(wire::MessageView{});
}

void MessageEncoder::give_back_if_idle() {
    if (!used_) {
        body_ = {};
        repaired_ = {};
    }
    used_ = false;
}

}  // namespace telex::session::syslog

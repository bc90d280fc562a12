#include "protocols/syslog/syslog_session.hpp"

#include "protocols/syslog/message_fields.hpp"
#include "session/message_rules.hpp"
#include "wire/writer.hpp"

#include <fmt/format.h>

namespace telex::session::syslog {
namespace {

// Parsing and encoding, beyond scanning a native frame.
constexpr std::uint64_t kMessageWork = 20;

}  // namespace

void SyslogSession::start() {
    settle_subject();
    on_user_changed();
}

void SyslogSession::settle_subject() {
    auto parsed = SubjectTemplate::parse(
        syslog_.publish, SubjectTemplate::Use::publish, options_.subject, subject_fields()
    );
    std::string problem;
    if (parsed) {
        template_ = parsed->bind(transport_.peer());
        if (template_.max_bytes() <= options_.subject.max_bytes) {
            template_.append(subject_, {});
            return;
        }
        problem = fmt::format("'{}' may be too long for this peer", syslog_.publish);
    } else {
        problem = parsed.error();
    }
    transport_.count_refusal(v1::BAD_SUBJECT);
    close(CloseReason::internal_error, problem);
}

bool SyslogSession::may_publish() const {
    const access::User* const user = transport_.user();
    return user == nullptr || user->publish.allows(subject_);
}

void SyslogSession::on_user_changed() {
    if (closed_ || !template_.is_fixed() || may_publish()) {
        return;
    }
    transport_.count_refusal(v1::PERMISSION_DENIED);
    close(
        CloseReason::not_permitted,
        fmt::format("user {} may not publish to '{}'", transport_.user()->name, subject_)
    );
}

void SyslogSession::on_frame(const InboundFrame& frame) {
    if (closed_) {
        return;
    }
    if (frame.bytes.size() > max_payload(transport_.user())) {
        transport_.count_refusal(v1::PAYLOAD_TOO_LARGE);
        return;
    }
    transport_.add_work(kMessageWork);
    const SyslogMessage message = parse_syslog(frame.bytes);
    if (!template_.is_fixed()) {
        subject_.clear();
        template_.append(subject_, subject_values(message));
        if (!may_publish()) {
            transport_.count_refusal(v1::PERMISSION_DENIED);
            return;
        }
    }
    publish(message, frame.bytes);
}

bool SyslogSession::fits(const wire::MessageView& message) const {
    return message.header_count <= options_.max_headers &&
           message.header_bytes <= options_.max_header_bytes && fits_a_delivery(message);
}

// An accepted message must fit a delivery (wire/writer.hpp).
bool SyslogSession::fits_a_delivery(const wire::MessageView& message) const {
    return message.body.size() <= options_.max_frame_bytes + wire::kMaxEnvelope;
}

void SyslogSession::publish(const SyslogMessage& message, ByteView line) {
    const bool text_only = syslog_.payload == PayloadPart::text;
    bool understood = message.format != SyslogFormat::unknown;
    wire::MessageView encoded = encoder_.encode(subject_, text_only ? message.text : line, message);
    if (!fits(encoded)) {
        understood = false;
        encoded = encoder_.encode(subject_, line, {});
    }
    if (!fits_a_delivery(encoded)) {  // only with a subject of kilobytes
        transport_.count_refusal(v1::FRAME_TOO_LARGE);
        return;
    }
    if (!understood) {
        transport_.count_unparsed();
    }
    broker_.publish({encoded, nullptr});
}

void SyslogSession::refuse(const Refusal& refusal) {
    closed_ = closed_ || (refusal.closing && !options_.datagram);
}

void SyslogSession::on_end_of_input() {
    close(CloseReason::client_closed, "");
}

void SyslogSession::on_drain() {
    close(CloseReason::shutting_down, "");
}

void SyslogSession::close(CloseReason reason, std::string_view detail) {
    if (!closed_) {
        closed_ = true;
        transport_.close(reason, detail);
    }
}

TimePoint SyslogSession::next_deadline() const {
    const auto timeout = options_.idle_timeout;
    return timeout && !closed_ ? transport_.last_received() + *timeout : TimePoint::max();
}

void SyslogSession::on_tick() {
    encoder_.give_back_if_idle();
    const auto timeout = options_.idle_timeout;
    if (timeout && transport_.now() - transport_.last_received() >= *timeout) {
        close(CloseReason::idle_timeout, "");
    }
}

}  // namespace telex::session::syslog

#include "protocols/raw/raw_session.hpp"

#include "session/message_rules.hpp"
#include "wire/errors.hpp"
#include "wire/reply_headers.hpp"
#include "wire/writer.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::session::raw {

// --- start --------------------------------------------------------------------------------------

void RawSession::start() {
    auto subjects = expand_subjects(raw_, transport_.peer(), options_.subject);
    if (!subjects) {
        transport_.count_refusal(v1::BAD_SUBJECT);
        end(CloseReason::internal_error, v1::BAD_SUBJECT, subjects.error());
        return;
    }
    subjects_ = *std::move(subjects);
    connecting_ = !subjects_.connect.empty();
    on_user_changed();
    if (state_ != State::open || !greet()) {
        return;
    }
    if (raw_.subscribe) {
        subscribe();
    } else {
        announce();
    }
}

void RawSession::on_user_changed() {
    const access::User* const user = transport_.user();
    if (state_ != State::open || user == nullptr) {
        return;
    }
    if (const auto subject = denied_subject(subjects_, user->publish); !subject.empty()) {
        deny(fmt::format("user {} may not publish to '{}'", user->name, subject));
    }
}

bool RawSession::greet() {
    if (raw_.greeting.empty()) {
        return true;
    }
    last_sent_ = transport_.now();
    const SendResult sent = transport_.send_bytes(raw_.greeting);
    if (!sent) {
        end(CloseReason::unwritable_answer, v1::UNEXPECTED_FRAME, "the greeting cannot be written");
    }
    return sent.has_value();
}

// Once the subscription is active: what the responder sends to it is not lost.
void RawSession::announce() {
    if (state_ != State::open || announced_) {
        return;
    }
    announced_ = true;
    if (connecting_) {
        connect_id_ = requests_.open();
        const auto message = write_notice(body_, subjects_.connect, transport_.peer());
        broker_.request({message, nullptr}, connect_id_, timeout());
    }
}

void RawSession::settle_connect(std::uint64_t request_id) {
    if (connecting_ && request_id == connect_id_) {
        connecting_ = false;
        transport_.resume_input();
    }
}

void RawSession::subscribe() {
    if (options_.datagram) {
        transport_.count_refusal(v1::NOT_ALLOWED_HERE);
        return;
    }
    v1::Subscribe subscribe;
    subscribe.set_filter(subjects_.filter);
    subscribe.set_queue_group(raw_.queue_group);
    const access::User* const user = transport_.user();
    if (user != nullptr) {
        if (const auto problem = check_permission(subscribe, *user)) {
            deny(problem->text);
            return;
        }
    }
    broker_.subscribe({
        .id = 1,
        .filter = subscribe.filter(),
        .queue_group = raw_.queue_group,
        .no_echo = raw_.publish.has_value() && !raw_.echo,
        .hides_some = user != nullptr && user->subscribe.hides_some_of(subscribe.filter()),
    });
}

// This protocol cannot express the refusal: the session ends.
void RawSession::deny(std::string_view why) {
    transport_.count_refusal(v1::PERMISSION_DENIED);
    refusal_.note(v1::PERMISSION_DENIED);
    end(CloseReason::not_permitted, v1::PERMISSION_DENIED, why);
}

// --- frames in ----------------------------------------------------------------------------------

void RawSession::on_frame(const InboundFrame& frame) {
    if (state_ != State::open) {
        if (state_ == State::ending) {
            transport_.count_refusal(late_);
            if (!finishing_) {
                refusal_.note_late(late_);
            }
        }
        return;
    }
    const access::User* const user = transport_.user();
    if (frame.bytes.size() > max_payload(user)) {
        refuse_frame(
            v1::PAYLOAD_TOO_LARGE,
            CloseReason::not_permitted,
            fmt::format("user {} may send {} bytes at once", user->name, max_payload(user))
        );
    } else if (raw_.publish || raw_.request) {
        publish(frame);
    } else {
        transport_.count_refusal(v1::NOT_ALLOWED_HERE);  // a peer that is only there to listen
    }
}

void RawSession::refuse_frame(v1::ErrorCode code, CloseReason reason, std::string_view detail) {
    transport_.count_refusal(code);
    if (!options_.datagram) {
        refusal_.note(code);
        end(reason, code, detail);
    }
}

void RawSession::publish(const InboundFrame& frame) {
    const wire::MessageView message = encode(frame.bytes);
    // Only with a subject of kilobytes: what is accepted must fit a delivery (wire/writer.hpp).
    if (message.body.size() > options_.max_frame_bytes + wire::kMaxEnvelope) {
        refuse_frame(
            v1::FRAME_TOO_LARGE,
            CloseReason::frame_too_large,
            "the frame is too large beside its subject"
        );
    } else if (raw_.request) {
        send_request(message);
    } else if (raw_.ack) {
        stored_.store(message);
    } else {
        broker_.publish({message, nullptr});
    }
}

wire::MessageView RawSession::encode(ByteView payload) {
    body_used_ = true;
    body_.clear();
    wire::append_message(body_, subjects_.frames, payload);
    // Scanning is cheap, and guarantees that the views of the result lie in the body.
    return wire::scan_message(body_).value_or(wire::MessageView{});
}

void RawSession::send_request(const wire::MessageView& message) {
    if (requests_.size() >= options_.max_pending_requests) {
        refuse_frame(
            v1::TOO_MANY_REQUESTS,
            CloseReason::request_failed,
            fmt::format("{} requests wait for replies", requests_.size())
        );
        return;
    }
    broker_.request({message, nullptr}, requests_.open(), timeout());
}

// --- frames out ---------------------------------------------------------------------------------

SendResult RawSession::deliver(const Delivery& delivery) {
    if (state_ == State::closed || finishing_) {
        return not_sent(DropReason::connection_lost);
    }
    wire::Reply mark;
    if (raw_.close_by_message) {
        mark = wire::read_reply(delivery.message);
    }
    SendResult sent;
    if (!mark.last || mark.kind != wire::ReplyKind::none) {
        last_sent_ = transport_.now();
        sent =
            transport_.send_delivery({{}, delivery.message.payload, delivery.owner}, delivery.key);
    }
    if (mark.last) {
        finish(0);
    }
    return sent;
}

SendResult RawSession::on_reply(std::uint64_t request_id, const Delivery& reply) {
    if (state_ == State::closed || !requests_.waits(request_id)) {
        return not_sent(DropReason::connection_lost);
    }
    const wire::Reply outcome = wire::read_reply(reply.message);
    if (outcome.kind == wire::ReplyKind::failure) {
        transport_.count_refusal(v1::RESPONDER_FAILED);
        lose_reply(
            request_id,
            CloseReason::request_failed,
            v1::RESPONDER_FAILED,
            text_of_failure(outcome.error)
        );
        return {};
    }
    if (outcome.kind == wire::ReplyKind::none) {
        requests_.skip(request_id);
        settle(request_id, outcome.last);
        return {};
    }
    const SendResult taken = requests_.take(request_id, reply);
    if (taken) {
        const bool closes = raw_.close_after_reply && !(connecting_ && request_id == connect_id_);
        settle(request_id, outcome.last || closes);
        return taken;
    }
    const bool too_large = taken.error().reason == DropReason::too_large;
    lose_reply(
        request_id,
        CloseReason::unwritable_answer,
        too_large ? v1::ANSWER_TOO_LARGE : v1::UNEXPECTED_FRAME,
        text_of_unwritable(reply.message.payload.size(), taken.error())
    );
    return taken;
}

void RawSession::settle(std::uint64_t request_id, bool last) {
    if (last && !options_.datagram) {
        // Bytes after the last reply would be part of it for a peer that reads to the end.
        finish(requests_.drop_from(request_id + 1));
    } else {
        settle_connect(request_id);
    }
    write_held_replies();
}

void RawSession::finish(std::size_t given_up) {
    for (std::size_t i = 0; i < given_up; ++i) {
        transport_.count_refusal(v1::UNEXPECTED_FRAME);
    }
    finishing_ = true;
    refusal_.withdraw();
    if (state_ == State::open) {
        end(CloseReason::finished,
            v1::UNEXPECTED_FRAME,
            given_up == 0 ? "" : fmt::format("{} later frames have no reply", given_up));
    }
}

void RawSession::write_held_replies() {
    requests_.write_held();
    if (requests_.held_bytes() > kHeldFrames * options_.max_frame_bytes) {
        transport_.count_refusal(v1::OVER_MEMORY_BUDGET);
        state_ = State::closed;
        transport_.close(
            CloseReason::memory_budget, "too many bytes of replies wait for an older one"
        );
        return;
    }
    close_when_settled();
}

void RawSession::on_stored(std::uint64_t id, const broker::StoredOutcome& outcome) {
    if (state_ == State::closed || !requests_.waits(id)) {
        return;
    }
    if (const auto answered = stored_.answer(id, outcome)) {
        settle(id, false);
    } else {
        lose_reply(id, answered.error().reason, answered.error().late, answered.error().detail);
    }
}

void RawSession::on_request_failed(std::uint64_t request_id, v1::ErrorCode code) {
    if (state_ != State::closed && requests_.waits(request_id)) {
        lose_reply(request_id, CloseReason::request_failed, code, wire::meaning_of(code));
    }
}

void RawSession::lose_reply(
    std::uint64_t request_id, CloseReason reason, v1::ErrorCode late, std::string_view detail
) {
    if (options_.datagram) {
        requests_.skip(request_id);
        write_held_replies();
        return;
    }
    (void)requests_.drop_from(request_id);  // their replies are counted when they come
    refusal_.note(late);
    end(reason, late, detail);
}

void RawSession::refuse(const Refusal& refusal) {
    if (state_ == State::closed) {
        return;
    }
    if (refusal.closing) {
        if (!options_.datagram) {
            state_ = State::closed;
            if (requests_.empty()) {
                refusal_.note(refusal, !announced_);
                refusal_.write(transport_);
            }
        }
    } else if (refusal.subscription != 0) {
        // Else it would be deaf.
        const bool denied = refusal.code == v1::PERMISSION_DENIED;
        end(denied ? CloseReason::not_permitted : CloseReason::internal_error,
            refusal.code,
            refusal.text);
    }
}

// --- the end ------------------------------------------------------------------------------------

void RawSession::on_end_of_input() {
    if (state_ == State::open) {
        end(CloseReason::client_closed, v1::UNEXPECTED_FRAME, "");
    }
}

void RawSession::on_peer_gone() {
    peer_gone_ = true;
    close_when_settled();
}

void RawSession::on_drain() {
    if (state_ == State::open) {
        end(CloseReason::shutting_down, v1::SHUTTING_DOWN, "");
    }
}

void RawSession::end(CloseReason reason, v1::ErrorCode late, std::string_view detail) {
    state_ = State::ending;
    reason_ = reason;
    late_ = late;
    detail_ = detail;
    broker_.end_subscriptions();
    close_when_settled();
}

void RawSession::close_when_settled() {
    if (state_ == State::ending && (requests_.empty() || peer_gone_)) {
        state_ = State::closed;
        refusal_.write(transport_);
        transport_.close(reason_, detail_);
    }
}

void RawSession::on_end(CloseReason reason, broker::Port& broker) {
    const std::string& subject = subjects_.disconnect;
    if (!announced_ || subject.empty()) {
        return;
    }
    const access::User* const user = transport_.user();
    if (user != nullptr && !user->publish.allows(subject)) {
        transport_.count_refusal(v1::PERMISSION_DENIED);
        return;
    }
    const auto message = write_notice(body_, subject, transport_.peer(), name_of(reason));
    broker.publish({message, nullptr});
}

TimePoint RawSession::last_active() const {
    return std::max({transport_.last_received(), last_sent_, requests_.last_written()});
}

TimePoint RawSession::next_deadline() const {
    const auto timeout = options_.idle_timeout;
    return timeout && state_ == State::open && requests_.empty() ? last_active() + *timeout
                                                                 : TimePoint::max();
}

void RawSession::on_tick() {
    if (!body_used_) {
        body_ = {};
    }
    body_used_ = false;
    const auto timeout = options_.idle_timeout;
    if (!timeout || state_ != State::open || !requests_.empty()) {
        return;
    }
    if (transport_.now() - last_active() >= *timeout) {
        end(CloseReason::idle_timeout, v1::IDLE_TIMEOUT, "");
    }
}

}  // namespace telex::session::raw

#include "protocols/native/frame_session.hpp"

#include "session/message_rules.hpp"
#include "wire/errors.hpp"

#include <fmt/format.h>

#include <string>

namespace telex::session {

FrameSession::FrameSession(
    Transport& transport, broker::Port& broker, const SessionOptions& options, Opening opening
)
    : transport_(transport),
      broker_(broker),
      options_(options),
      opening_(opening),
      state_(options.datagram ? State::open : State::expect_hello) {}

void FrameSession::start() {
    started_ = transport_.now();
}

std::size_t FrameSession::frame_limit() const {
    return introducing() ? options_.max_frame_bytes_before_hello : SIZE_MAX;
}

// --- messages in --------------------------------------------------------------------------------

bool FrameSession::takes_frame() {
    if (state_ == State::input_ended) {
        transport_.count_refusal(v1::UNEXPECTED_FRAME);
    }
    return state_ != State::input_ended && state_ != State::closed;
}

void FrameSession::receive(ByteView frame, const ChunkRef* owner) {
    if (!takes_frame()) {
        return;
    }
    if (frame.size() > frame_limit()) {
        fail(v1::FRAME_TOO_LARGE, CloseReason::frame_too_large, "a large frame before Hello");
        return;
    }
    if (state_ == State::authenticating) {
        hold(frame);
        return;
    }
    if (const auto view = wire::scan_frame(frame)) {
        receive_frame(*view, frame, owner);
    } else if (view.error() == wire::ScanError::unusual) {
        std::string storage;
        if (const auto merged = wire::scan_merged(frame, storage)) {
            receive_frame(*merged, storage, nullptr);
        } else {
            fail(v1::BAD_MESSAGE, CloseReason::bad_message, wire::text_of(merged.error()));
        }
    } else {
        fail(v1::BAD_MESSAGE, CloseReason::bad_message, wire::text_of(view.error()));
    }
}

void FrameSession::receive_frame(
    const wire::FrameView& frame, ByteView bytes, const ChunkRef* owner
) {
    if (frame.has_control) {
        receive_control(frame, bytes);
        return;
    }
    if ((state_ == State::expect_hello || state_ == State::expect_proof) && !open_without_hello()) {
        return;
    }
    if (!frame.has_message || frame.subscription != 0 || !frame.reply_to.empty()) {
        fail_unexpected(
            frame.has_message ? "only the exchange sets subscription and reply_to"
                              : "the frame has neither a message nor a control"
        );
        return;
    }
    if (frame.request == 0) {
        receive_publication({frame.message, owner});
    } else {
        receive_request(frame, owner);
    }
}

bool FrameSession::open_without_hello() {
    if (state_ == State::expect_proof) {
        fail(
            v1::NOT_AUTHENTICATED,
            CloseReason::not_authenticated,
            "the frame after a Challenge must be Proof"
        );
        return false;
    }
    if (opening_ == Opening::by_hello) {
        fail(v1::HELLO_REQUIRED, CloseReason::protocol_violation, "the first frame must be Hello");
        return false;
    }
    if (is_stranger()) {
        fail(
            v1::NOT_AUTHENTICATED,
            CloseReason::not_authenticated,
            "this listener takes users only: the first frame must be Hello, with credentials"
        );
        return false;
    }
    state_ = State::open;
    return true;
}

std::optional<Problem> FrameSession::check(const wire::MessageView& message, MessageUse use) const {
    auto problem = check_message(message, use, options_);
    const access::User* const user = transport_.user();
    if (problem || user == nullptr) {
        return problem;
    }
    const bool to_operators =
        use == MessageUse::request && message.subject.starts_with(kOperatorPrefix);
    return to_operators && transport_.owns_daemon() ? std::nullopt
                                                    : check_permission(message, *user);
}

void FrameSession::receive_publication(const Publication& publication) {
    const wire::MessageView& message = publication.message;
    if (!is_known_good(message)) {
        if (const auto problem = check(message, MessageUse::publish)) {
            complain(problem->code, problem->text);
            return;
        }
        good_subject_ = message.subject;
        good_payload_bytes_ = max_payload(transport_.user());
    }
    broker_.publish(publication);
}

void FrameSession::receive_request(const wire::FrameView& frame, const ChunkRef* owner) {
    const std::uint64_t id = frame.request;
    if (requests_.contains(id)) {
        complain(v1::BAD_REQUEST, fmt::format("request {} still waits for its answer", id));
        return;
    }
    const auto timeout = frame.timeout_ms == 0 ? options_.default_request_timeout
                                               : std::chrono::milliseconds(frame.timeout_ms);
    std::optional<Problem> problem;
    if (state_ == State::draining) {
        problem = {v1::SHUTTING_DOWN, "the exchange stops"};
    } else if (requests_.size() >= options_.max_pending_requests) {
        problem = {
            v1::TOO_MANY_REQUESTS, fmt::format("{} requests wait for answers", requests_.size())
        };
    } else if (timeout > options_.max_request_timeout) {
        problem = {
            v1::BAD_REQUEST,
            fmt::format(
                "the time-out is over the limit of {} ms", options_.max_request_timeout.count()
            )
        };
    } else {
        problem = check(frame.message, MessageUse::request);
    }
    if (problem) {
        refuse_request(id, problem->code, problem->text);
        return;
    }
    requests_.insert(id);
    broker_.request({frame.message, owner}, id, timeout);
}

// --- the exchange's answers ---------------------------------------------------------------------

SendResult FrameSession::on_reply(std::uint64_t request_id, const Delivery& answer) {
    if (is_closed() || !requests_.erase(request_id)) {
        return not_sent(DropReason::connection_lost);
    }
    const SendResult sent = put_answer(request_id, answer.message, answer.owner);
    if (!sent) {
        const v1::ErrorCode code = broker::code_of_unsent_reply(sent.error());
        refuse_request(request_id, code, wire::meaning_of(code));
    }
    close_when_settled();
    return sent;
}

void FrameSession::on_request_failed(std::uint64_t request_id, v1::ErrorCode code) {
    if (is_closed() || !requests_.erase(request_id)) {
        return;
    }
    write_request_error(request_id, code, wire::meaning_of(code));
    close_when_settled();
}

void FrameSession::on_subscribed(std::uint64_t subscription) {
    if (is_closed() || !starting_.erase(subscription)) {
        return;
    }
    write_subscribed(subscription);
    close_when_settled();
}

void FrameSession::on_unsubscribed(
    std::uint64_t subscription, std::uint64_t delivered, std::uint64_t dropped
) {
    if (is_closed()) {
        return;
    }
    // It may end by its max_messages before it is active everywhere: each Subscribe is answered.
    if (starting_.erase(subscription)) {
        write_subscribed(subscription);
    }
    ending_.erase(subscription);
    v1::Frame frame;
    frame.mutable_unsubscribed()->set_subscription(subscription);
    frame.mutable_unsubscribed()->set_delivered(delivered);
    frame.mutable_unsubscribed()->set_dropped(dropped);
    write(frame);
    close_when_settled();
}

void FrameSession::on_flushed(std::uint64_t id) {
    if (is_closed() || flushes_ == 0) {
        return;
    }
    --flushes_;
    v1::Frame frame;
    frame.mutable_flushed()->set_id(id);
    write(frame);
    close_when_settled();
}

void FrameSession::write_subscribed(std::uint64_t subscription) {
    v1::Frame frame;
    frame.mutable_subscribed()->set_subscription(subscription);
    write(frame);
}

void FrameSession::write(const v1::Frame& frame) {
    SendResult sent = put(frame);
    if (!sent && frame.has_error()) {
        v1::Frame shorter = frame;
        shorter.mutable_error()->clear_text();
        sent = put(shorter);
    }
    if (!sent) {
        transport_.count_unsent(sent.error(), 1);
    }
}

// --- refusals -----------------------------------------------------------------------------------

void FrameSession::complain(v1::ErrorCode code, std::string_view text, std::uint64_t subscription) {
    transport_.count_refusal(code);
    if (!options_.datagram || !wire::closes(code)) {
        write(wire::make_error(code, text, false, subscription));
    }
}

void FrameSession::fail(v1::ErrorCode code, CloseReason reason, std::string_view text) {
    transport_.count_refusal(code);
    if (options_.datagram) {
        return;
    }
    const v1::Frame frame = wire::make_error(code, text, true);
    write(frame);
    state_ = State::closed;
    transport_.close(reason, frame.error().text());
}

void FrameSession::fail_unexpected(std::string_view text) {
    fail(v1::UNEXPECTED_FRAME, CloseReason::protocol_violation, text);
}

void FrameSession::refuse_request(
    std::uint64_t request, v1::ErrorCode code, std::string_view text
) {
    transport_.count_refusal(code);
    write_request_error(request, code, text);
}

void FrameSession::write_request_error(
    std::uint64_t request, v1::ErrorCode code, std::string_view text
) {
    v1::Frame frame = wire::make_error(code, text, false);
    frame.set_request(request);
    write(frame);
}

void FrameSession::refuse(const Refusal& refusal) {
    if (is_closed() || (options_.datagram && refusal.closing)) {
        return;
    }
    v1::Frame frame =
        wire::make_error(refusal.code, refusal.text, refusal.closing, refusal.subscription);
    frame.mutable_error()->set_pending_bytes(refusal.pending_bytes);
    frame.mutable_error()->set_limit(refusal.limit);
    write(frame);
    if (refusal.closing) {
        state_ = State::closed;
    } else if (starting_.erase(refusal.subscription)) {
        close_when_settled();  // this was the answer to its Subscribe
    }
}

// --- the end ------------------------------------------------------------------------------------

void FrameSession::on_end_of_input() {
    if (state_ == State::authenticating) {
        held_end_ = true;
    } else {
        end_input();
    }
}

void FrameSession::end_input() {
    if (is_closed()) {
        return;
    }
    state_ = State::input_ended;
    close_when_settled();
}

void FrameSession::close_when_settled() {
    if (state_ == State::input_ended && requests_.empty() && starting_.empty() && ending_.empty() &&
        flushes_ == 0) {
        state_ = State::closed;
        transport_.close(CloseReason::client_closed, "");
    }
}

void FrameSession::on_tick() {
    if (introducing()) {
        if (transport_.now() - started_ >= options_.hello_timeout) {
            fail(
                v1::HELLO_TIMEOUT,
                CloseReason::hello_timeout,
                state_ == State::expect_hello ? "Hello did not come in time"
                                              : "the client was not recognised in time"
            );
        }
    } else if (state_ != State::input_ended && state_ != State::closed) {
        watch_silence();
    }
}

TimePoint FrameSession::next_deadline() const {
    if (introducing()) {
        return started_ + options_.hello_timeout;
    }
    if (state_ == State::input_ended || state_ == State::closed) {
        return TimePoint::max();
    }
    const TimePoint last = transport_.last_received();
    return (pinged_silence_ == last ? pinged_at_ : last) + options_.idle_timeout;
}

void FrameSession::watch_silence() {
    const TimePoint last = transport_.last_received();
    if (transport_.now() - last < options_.idle_timeout) {
        return;
    }
    if (options_.datagram) {
        if (requests_.empty() && flushes_ == 0) {
            state_ = State::closed;
            transport_.close(CloseReason::idle_timeout, "");
        }
    } else if (pinged_silence_ != last) {
        pinged_silence_ = last;
        pinged_at_ = transport_.now();
        v1::Frame frame;
        frame.mutable_ping()->set_nonce(++pings_);
        write(frame);
    } else if (transport_.now() - pinged_at_ >= options_.idle_timeout) {
        fail(v1::IDLE_TIMEOUT, CloseReason::idle_timeout, "no byte came, not even after a Ping");
    }
}

void FrameSession::on_drain() {
    if (state_ == State::expect_hello || introducing()) {
        fail(v1::SHUTTING_DOWN, CloseReason::shutting_down, "the exchange stops");
    } else if (state_ == State::open) {
        state_ = State::draining;
        if (!options_.datagram) {
            v1::Frame frame;
            frame.mutable_goodbye()->set_reconnect(true);
            frame.mutable_goodbye()->set_text("the exchange stops");
            write(frame);
        }
    }
}

}  // namespace telex::session

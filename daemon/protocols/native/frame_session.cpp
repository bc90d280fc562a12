#include "protocols/native/frame_session.hpp"

#include "wire/plain_publication.hpp"
#include "wire/repeat_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace telex::session::native {

namespace {

// In units of the reactor (reactor/work_meter.hpp): about 0.3 us.
constexpr std::uint64_t kControlWork = 24;

// Messages that are published together.
constexpr std::size_t kMaxRun = 64;

bool is_exchange_only(const v1::Frame& frame) {
    switch (frame.control_case()) {
        case v1::Frame::kWelcome:
        case v1::Frame::kSubscribed:
        case v1::Frame::kUnsubscribed:
        case v1::Frame::kFlushed:
        case v1::Frame::kError:
        case v1::Frame::kChallenge:
        case v1::Frame::kStored:
            return true;
        default:
            return false;
    }
}

}  // namespace

FrameSession::FrameSession(
    Transport& transport, broker::Port& broker, const SessionOptions& options, Opening opening
)
    : FrameOutput(transport, broker, options),
      introduction_(*this, opening),
      gate_(*this),
      requests_(*this, gate_),
      durables_(*this, gate_),
      subscriptions_(*this),
      silence_(*this) {}

std::size_t FrameSession::frame_limit() const {
    return introduction_.is_required() ? options().max_frame_bytes_before_hello : SIZE_MAX;
}

// --- frames in ----------------------------------------------------------------------------------

bool FrameSession::takes_frame() {
    if (phase_ == Phase::input_ended && !is_closed()) {
        transport().count_refusal(v1::UNEXPECTED_FRAME);
    }
    return phase_ != Phase::input_ended && !is_closed();
}

void FrameSession::receive(ByteView frame, const ChunkRef* owner) {
    may_repeat_ = false;
    if (!takes_frame()) {
        return;
    }
    if (frame.size() > frame_limit()) {
        fail(v1::FRAME_TOO_LARGE, CloseReason::frame_too_large, "frame too large before Hello");
        return;
    }
    if (introduction_.is_authenticating()) {
        introduction_.hold(frame);
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
    if (!introduction_.is_done() && !introduction_.skip()) {
        return;
    }
    if (!frame.has_message || frame.subscription != 0 || !frame.reply_to.empty() ||
        frame.has_position) {
        fail_unexpected(
            frame.has_message ? "only the exchange sets subscription, reply_to and position"
                              : "the frame has neither a message nor a control"
        );
        return;
    }
    if (frame.request != 0) {
        receive_with_id(frame, owner);
    } else if (frame.durable) {
        report(v1::BAD_REQUEST, "a durable publication needs a request id");
    } else {
        receive_publication({frame.message, owner});
    }
}

// An id in use gets an error without the id: one with it would reply to the other request.
void FrameSession::receive_with_id(const wire::FrameView& frame, const ChunkRef* owner) {
    const bool draining = phase_ == Phase::draining;
    if (requests_.contains(frame.request) || durables_.contains(frame.request)) {
        report(v1::BAD_REQUEST, fmt::format("request id {} is in use", frame.request));
    } else if (frame.durable) {
        durables_.open(frame, owner, draining);
    } else {
        requests_.open(frame, owner, draining);
    }
}

void FrameSession::receive_publication(const Publication& publication) {
    const bool repeated = gate_.is_known_good(publication.message);
    if (!repeated) {
        if (const auto problem = gate_.check_publication(publication.message)) {
            report(problem->code, problem->text);
            return;
        }
    }
    broker().publish(publication);
    may_repeat_ = repeated && !is_closed();
}

std::size_t FrameSession::receive_repeated(
    std::span<const codec::FrameAhead> frames, const ChunkRef* owner
) {
    std::array<wire::PlainMessage, kMaxRun> messages;
    wire::RepeatScan scan(gate_.good_subject());
    const std::size_t most_bytes = gate_.good_payload_bytes();
    std::size_t count = 0;
    for (const codec::FrameAhead& frame : frames.first(std::min(frames.size(), kMaxRun))) {
        wire::PlainMessage& message = messages[count];
        if (!scan.next(frame.payload, message) || message.payload().size() > most_bytes) {
            break;
        }
        ++count;
    }
    if (count == 0) {
        return 0;
    }
    return broker().publish_run({gate_.good_subject(), std::span(messages).first(count), owner});
}

void FrameSession::notice(std::span<const codec::FrameAhead> frames) {
    std::array<std::string_view, kMaxNotice> subjects;
    std::size_t count = 0;
    for (const codec::FrameAhead& frame : frames.first(std::min(frames.size(), kMaxNotice))) {
        wire::MessageView message;
        if (wire::read_plain_publication(frame.payload, message)) {
            subjects[count++] = message.subject;
        }
    }
    broker().notice(std::span(subjects).first(count));
}

void FrameSession::receive_control(const wire::FrameView& view, ByteView bytes) {
    if (view.control_count > 1 || view.has_message || view.subscription != 0 || view.request != 0 ||
        view.timeout_ms != 0 || !view.reply_to.empty() || view.durable || view.has_position) {
        fail_unexpected("a frame with a control must have nothing else");
        return;
    }
    // Controls are small; the generated parser may allocate many times a frame's size.
    if (bytes.size() > options().max_frame_bytes_before_hello) {
        fail(v1::FRAME_TOO_LARGE, CloseReason::frame_too_large, "control frame too large");
        return;
    }
    transport().add_work(kControlWork);
    v1::Frame frame;
    if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        fail(v1::BAD_MESSAGE, CloseReason::bad_message, "invalid control frame");
        return;
    }
    if (!introduction_.is_done() && !introduction_.expects(frame) && !introduction_.skip()) {
        return;
    }
    if (is_exchange_only(frame)) {
        fail_unexpected("only the exchange sends this control");
        return;
    }
    dispatch_control(frame);
}

void FrameSession::dispatch_control(const v1::Frame& frame) {
    switch (frame.control_case()) {
        case v1::Frame::kHello:
            return introduction_.receive_hello(frame.hello());
        case v1::Frame::kProof:
            return introduction_.receive_proof(frame.proof());
        case v1::Frame::kSubscribe:
            return subscriptions_.receive(frame.subscribe(), introduction_.no_echo());
        case v1::Frame::kConsume:
            return subscriptions_.receive(frame.consume());
        case v1::Frame::kAcknowledge:
            return subscriptions_.receive(frame.acknowledge());
        case v1::Frame::kUnsubscribe:
            return subscriptions_.receive(frame.unsubscribe());
        case v1::Frame::kCredit:
            return subscriptions_.receive(frame.credit());
        case v1::Frame::kPing:
            return receive_ping(frame.ping());
        case v1::Frame::kFlush:
            return receive_flush(frame.flush());
        case v1::Frame::kGoodbye:
            return receive_goodbye();
        default:
            return;  // Pong: its arrival shows in Transport::last_received
    }
}

void FrameSession::receive_ping(const v1::Ping& ping) {
    v1::Frame frame;
    frame.mutable_pong()->set_nonce(ping.nonce());
    write(frame);
}

void FrameSession::receive_flush(const v1::Flush& flush) {
    if (flushes_ >= options().max_pending_requests) {
        report(v1::TOO_MANY_REQUESTS, fmt::format("{} flushes wait for a reply", flushes_));
        return;
    }
    ++flushes_;
    broker().flush(flush.id());
}

void FrameSession::receive_goodbye() {
    // A forged datagram must not end the replies of others.
    if (!options().datagram) {
        end_input();
    }
}

void FrameSession::on_authenticated(access::AuthResult result) {
    if (!introduction_.on_authenticated(result)) {
        return;
    }
    for (const std::string& frame : introduction_.take_held()) {
        receive(frame, nullptr);
    }
    if (held_end_) {
        end_input();
    }
}

// --- from the broker ----------------------------------------------------------------------------

SendResult FrameSession::on_reply(std::uint64_t request_id, const Delivery& reply) {
    SendResult sent = requests_.on_reply(request_id, reply);
    close_when_settled();
    return sent;
}

void FrameSession::on_request_failed(std::uint64_t request_id, v1::ErrorCode code) {
    requests_.on_failed(request_id, code);
    close_when_settled();
}

void FrameSession::on_stored(std::uint64_t id, const broker::StoredOutcome& outcome) {
    durables_.on_stored(id, outcome);
    close_when_settled();
}

void FrameSession::on_subscribed(std::uint64_t subscription) {
    if (!is_closed()) {
        subscriptions_.on_subscribed(subscription);
        close_when_settled();
    }
}

void FrameSession::on_unsubscribed(
    std::uint64_t subscription, std::uint64_t delivered, std::uint64_t dropped
) {
    if (!is_closed()) {
        subscriptions_.on_unsubscribed(subscription, delivered, dropped);
        close_when_settled();
    }
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

void FrameSession::refuse(const Refusal& refusal) {
    if (is_closed() || (options().datagram && refusal.closing)) {
        return;
    }
    write_refusal(refusal);
    subscriptions_.on_refused(refusal.subscription);
    close_when_settled();
}

// --- the end ------------------------------------------------------------------------------------

void FrameSession::on_end_of_input() {
    if (introduction_.is_authenticating()) {
        held_end_ = true;
    } else {
        end_input();
    }
}

void FrameSession::on_peer_gone() {
    peer_gone_ = true;
    close_when_settled();
}

void FrameSession::end_input() {
    if (!is_closed()) {
        phase_ = Phase::input_ended;
        close_when_settled();
    }
}

bool FrameSession::awaits_replies() const {
    return !requests_.empty() || !durables_.empty() || flushes_ != 0;
}

// Once each Subscribe has its reply, the peer gets replies only: it can no longer answer a request,
// and does not stay for messages.
void FrameSession::close_when_settled() {
    if (phase_ != Phase::input_ended || is_closed() || !subscriptions_.is_settled()) {
        return;
    }
    broker().end_subscriptions();
    if (peer_gone_ || !awaits_replies()) {
        close(CloseReason::client_closed);
    }
}

void FrameSession::on_tick() {
    requests_.shrink();
    durables_.shrink();
    subscriptions_.shrink();
    if (phase_ == Phase::input_ended || is_closed()) {
        return;
    }
    if (introduction_.is_required()) {
        introduction_.on_tick();
    } else {
        silence_.on_tick(awaits_replies());
    }
}

TimePoint FrameSession::next_deadline() const {
    if (phase_ == Phase::input_ended || is_closed()) {
        return TimePoint::max();
    }
    return introduction_.is_required() ? introduction_.next_deadline() : silence_.next_deadline();
}

void FrameSession::on_drain() {
    if (phase_ != Phase::open || is_closed()) {
        return;
    }
    if (!introduction_.is_done()) {
        fail(v1::SHUTTING_DOWN, CloseReason::shutting_down, "the exchange is shutting down");
        return;
    }
    phase_ = Phase::draining;
    if (!options().datagram) {
        v1::Frame frame;
        frame.mutable_goodbye()->set_reconnect(true);
        frame.mutable_goodbye()->set_text("the exchange is shutting down");
        write(frame);
    }
}

}  // namespace telex::session::native

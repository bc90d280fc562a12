// The controls of the conversation: everything a client says that is not a message.
#include "base/printable.hpp"
#include "protocols/native/frame_session.hpp"
#include "session/message_rules.hpp"
#include "wire/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace telex::session {
namespace {

constexpr std::size_t kClientNameBytes = 64;

std::uint32_t clamp32(std::uint64_t value) {
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min(value, kMax));
}

std::uint32_t milliseconds32(std::chrono::milliseconds time) {
    return clamp32(static_cast<std::uint64_t>(std::max(time, std::chrono::milliseconds(0)).count())
    );
}

bool is_exchange_only(const v1::Frame& frame) {
    switch (frame.control_case()) {
        case v1::Frame::kWelcome:
        case v1::Frame::kSubscribed:
        case v1::Frame::kUnsubscribed:
        case v1::Frame::kFlushed:
        case v1::Frame::kError:
        case v1::Frame::kChallenge:
            return true;
        default:
            return false;
    }
}

}  // namespace

void FrameSession::receive_control(const wire::FrameView& view, ByteView bytes) {
    if (view.control_count > 1 || view.has_message || view.subscription != 0 || view.request != 0 ||
        view.timeout_ms != 0 || !view.reply_to.empty()) {
        fail_unexpected("the frame carries more than one control");
        return;
    }
    // Controls are small; the generated parser may take many times a frame's size.
    if (bytes.size() > options_.max_frame_bytes_before_hello) {
        fail(v1::FRAME_TOO_LARGE, CloseReason::frame_too_large, "a control in a large frame");
        return;
    }
    v1::Frame frame;
    if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        fail(v1::BAD_MESSAGE, CloseReason::bad_message, "a control is not valid");
        return;
    }
    const bool introduction = state_ == State::expect_proof ? frame.has_proof() : frame.has_hello();
    if ((state_ == State::expect_hello || state_ == State::expect_proof) && !introduction &&
        !open_without_hello()) {
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
            return receive_hello(frame.hello());
        case v1::Frame::kProof:
            return receive_proof(frame.proof());
        case v1::Frame::kSubscribe:
            return receive_subscribe(frame.subscribe());
        case v1::Frame::kUnsubscribe:
            return receive_unsubscribe(frame.unsubscribe());
        case v1::Frame::kCredit:
            return receive_credit(frame.credit());
        case v1::Frame::kPing:
            return receive_ping(frame.ping());
        case v1::Frame::kFlush:
            return receive_flush(frame.flush());
        case v1::Frame::kGoodbye:
            return receive_goodbye();
        default:
            return;  // Pong: that it came is what counts, see Transport::last_received
    }
}

void FrameSession::receive_hello(const v1::Hello& hello) {
    if (state_ != State::expect_hello && !options_.datagram) {
        fail(v1::HELLO_REPEATED, CloseReason::protocol_violation, "the session is open already");
        return;
    }
    no_echo_ = hello.no_echo();
    if (!hello.client_name().empty()) {
        transport_.set_client_name(printable(hello.client_name(), {.max_bytes = kClientNameBytes}));
    }
    version_ =
        hello.version() == 0 ? kProtocolVersion : std::min(hello.version(), kProtocolVersion);
    if (authenticate(hello)) {
        return;
    }
    if (state_ == State::expect_hello) {
        state_ = State::open;
    }
    write_welcome();
}

void FrameSession::write_welcome() {
    v1::Frame frame;
    v1::Welcome& welcome = *frame.mutable_welcome();
    welcome.set_version(version_);
    welcome.set_server_name(options_.server_name);
    welcome.set_server_version(options_.server_version);
    welcome.set_session_id(transport_.peer().connection);
    v1::Limits& limits = *welcome.mutable_limits();
    limits.set_max_frame_bytes(options_.max_frame_bytes);
    limits.set_max_subject_bytes(clamp32(options_.subject.max_bytes));
    limits.set_max_subject_tokens(clamp32(options_.subject.max_tokens));
    limits.set_max_subscriptions(options_.max_subscriptions);
    limits.set_max_pending_requests(options_.max_pending_requests);
    limits.set_max_request_timeout_ms(milliseconds32(options_.max_request_timeout));
    limits.set_idle_timeout_ms(milliseconds32(options_.idle_timeout));
    limits.set_max_headers(options_.max_headers);
    write(frame);
}

bool FrameSession::has_live_subscription(std::uint64_t id) const {
    return id != 0 && broker_.has_subscription(id) && !ending_.contains(id);
}

void FrameSession::receive_subscribe(const v1::Subscribe& subscribe) {
    const std::uint64_t id = subscribe.subscription();
    std::optional<Problem> problem;
    if (options_.datagram) {
        problem = {v1::NOT_ALLOWED_HERE, "no subscriptions over datagrams"};
    } else if (id == 0 || broker_.has_subscription(id) || ending_.contains(id)) {
        problem = {v1::BAD_SUBSCRIPTION, fmt::format("subscription id {} is zero or in use", id)};
    } else if (broker_.subscription_count() >= options_.max_subscriptions ||
               ending_.size() >= options_.max_subscriptions) {
        problem = {
            v1::TOO_MANY_SUBSCRIPTIONS, fmt::format("the limit is {}", options_.max_subscriptions)
        };
    } else {
        problem = check_subscribe(subscribe, options_);
    }
    const access::User* const user = transport_.user();
    if (!problem && user != nullptr) {
        problem = check_permission(subscribe, *user);
    } else if (!problem && selects_events(subscribe.filter()) && !transport_.owns_daemon()) {
        problem = {
            v1::PERMISSION_DENIED,
            "without users, the exchange's events are for the owner of the daemon"
        };
    }
    if (problem) {
        complain(problem->code, problem->text, id);
        return;
    }
    starting_.insert(id);
    broker_.subscribe({
        .id = id,
        .filter = subscribe.filter(),
        .queue_group = subscribe.queue_group(),
        .slow_policy = subscribe.slow_policy(),
        .credit = subscribe.credit(),
        .max_messages = subscribe.max_messages(),
        .sees_reserved = false,
        .no_echo = no_echo_,
        .hides_some = user != nullptr && user->subscribe.hides_some_of(subscribe.filter()),
    });
}

void FrameSession::receive_unsubscribe(const v1::Unsubscribe& unsubscribe) {
    const std::uint64_t id = unsubscribe.subscription();
    if (options_.datagram) {
        complain(v1::NOT_ALLOWED_HERE, "no subscriptions over datagrams", id);
    } else if (!has_live_subscription(id)) {
        complain(v1::BAD_SUBSCRIPTION, fmt::format("there is no subscription {}", id), id);
    } else {
        ending_.insert(id);
        broker_.unsubscribe(id);
    }
}

void FrameSession::receive_credit(const v1::Credit& credit) {
    const std::uint64_t id = credit.subscription();
    if (options_.datagram) {
        complain(v1::NOT_ALLOWED_HERE, "no subscriptions over datagrams", id);
    } else if (!has_live_subscription(id)) {
        complain(v1::BAD_SUBSCRIPTION, fmt::format("there is no subscription {}", id), id);
    } else if (credit.messages() != 0) {
        broker_.add_credit(id, credit.messages());
    }
}

void FrameSession::receive_ping(const v1::Ping& ping) {
    v1::Frame frame;
    frame.mutable_pong()->set_nonce(ping.nonce());
    write(frame);
}

void FrameSession::receive_flush(const v1::Flush& flush) {
    if (flushes_ >= options_.max_pending_requests) {
        complain(v1::TOO_MANY_REQUESTS, fmt::format("{} flushes wait for answers", flushes_));
        return;
    }
    ++flushes_;
    broker_.flush(flush.id());
}

void FrameSession::receive_goodbye() {
    // A forged datagram must not end the answers of others.
    if (!options_.datagram) {
        end_input();
    }
}

}  // namespace telex::session

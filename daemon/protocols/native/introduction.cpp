#include "protocols/native/introduction.hpp"

#include "base/printable.hpp"
#include "session/rejection.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace telex::session::native {

namespace {

constexpr std::size_t kClientNameBytes = 64;
constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

// Returns how many kinds of credentials Hello has.
int kinds_of_credentials(const v1::Hello& hello) {
    const bool password = !hello.user().empty() || !hello.password().empty();
    return int{password} + int{!hello.token().empty()} + int{!hello.public_key().empty()};
}

std::uint32_t clamp32(std::uint64_t value) {
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min(value, kMax));
}

std::uint32_t milliseconds32(std::chrono::milliseconds time) {
    return clamp32(static_cast<std::uint64_t>(std::max(time, std::chrono::milliseconds(0)).count())
    );
}

}  // namespace

Introduction::Introduction(FrameOutput& output, Opening opening)
    : output_(output),
      opening_(opening),
      state_(output.options().datagram ? State::done : State::expect_hello),
      progress_(state_ == State::done ? nullptr : std::make_unique<Progress>()) {}

void Introduction::start() {
    if (progress_) {
        progress_->started = output_.transport().now();
    }
}

void Introduction::finish() {
    state_ = State::done;
    progress_.reset();
}

bool Introduction::is_required() const {
    return state_ == State::expect_proof || state_ == State::authenticating ||
           (state_ == State::expect_hello && (opening_ == Opening::by_hello || is_anonymous()));
}

bool Introduction::skip() {
    if (state_ == State::expect_proof) {
        output_.fail(
            v1::NOT_AUTHENTICATED,
            CloseReason::not_authenticated,
            "the frame after a Challenge must be Proof"
        );
        return false;
    }
    if (opening_ == Opening::by_hello) {
        output_.fail(
            v1::HELLO_REQUIRED, CloseReason::protocol_violation, "the first frame must be Hello"
        );
        return false;
    }
    if (is_anonymous()) {
        output_.fail(
            v1::NOT_AUTHENTICATED,
            CloseReason::not_authenticated,
            "authentication required: the first frame must be Hello with credentials"
        );
        return false;
    }
    finish();
    return true;
}

void Introduction::receive_hello(const v1::Hello& hello) {
    if (state_ != State::expect_hello && !output_.options().datagram) {
        output_.fail(
            v1::HELLO_REPEATED, CloseReason::protocol_violation, "the session is open already"
        );
        return;
    }
    no_echo_ = hello.no_echo();
    if (!hello.client_name().empty()) {
        output_.transport().set_client_name(
            printable(hello.client_name(), {.max_bytes = kClientNameBytes})
        );
    }
    version_ =
        hello.version() == 0 ? kProtocolVersion : std::min(hello.version(), kProtocolVersion);
    if (authenticate(hello)) {
        return;
    }
    finish();
    write_welcome();
}

bool Introduction::authenticate(const v1::Hello& hello) {
    const int kinds = kinds_of_credentials(hello);
    if (output_.options().datagram) {
        if (kinds > 0) {
            output_.report(v1::NOT_ALLOWED_HERE, "no credentials over datagrams");
        }
        return kinds > 0;
    }
    if (kinds > 1) {
        output_.fail(
            v1::BAD_MESSAGE,
            CloseReason::bad_message,
            "Hello has more than one of password, token and public_key"
        );
        return true;
    }
    if (kinds == 0 && is_anonymous()) {
        output_.fail(
            v1::NOT_AUTHENTICATED,
            CloseReason::not_authenticated,
            "authentication required: Hello needs a password, a token or a key"
        );
        return true;
    }
    if (kinds == 0) {
        return false;
    }
    if (hello.public_key().empty()) {
        check_secret(hello);
    } else {
        challenge(hello);
    }
    return true;
}

void Introduction::check_secret(const v1::Hello& hello) {
    access::Credentials credentials;
    const bool token = !hello.token().empty();
    credentials.kind =
        token ? access::Credentials::Kind::token : access::Credentials::Kind::password;
    credentials.user = hello.user();
    credentials.secret = token ? hello.token() : hello.password();
    state_ = State::authenticating;
    output_.transport().authenticate(std::move(credentials));
}

void Introduction::challenge(const v1::Hello& hello) {
    progress_->public_key = hello.public_key();
    state_ = State::expect_proof;
    v1::Frame frame;
    frame.mutable_challenge()->set_nonce(output_.transport().make_challenge());
    output_.write(frame);
}

void Introduction::receive_proof(const v1::Proof& proof) {
    if (state_ != State::expect_proof) {
        output_.fail_unexpected("Proof without a Challenge");
        return;
    }
    access::Credentials credentials;
    credentials.kind = access::Credentials::Kind::key;
    credentials.public_key = std::move(progress_->public_key);
    credentials.signature = proof.signature();
    state_ = State::authenticating;
    if (credentials.public_key.size() != kPublicKeyBytes ||
        credentials.signature.size() != kSignatureBytes) {
        // Not authenticated: there are no held frames to release.
        (void)on_authenticated(access::AuthResult::refused);
        return;
    }
    output_.transport().authenticate(std::move(credentials));
}

bool Introduction::on_authenticated(access::AuthResult result) {
    if (state_ != State::authenticating || output_.is_closed()) {
        return false;
    }
    if (result != access::AuthResult::authenticated) {
        const Rejection rejection = rejection_of(result);
        output_.fail(rejection.code, rejection.reason, rejection.text);
        return false;
    }
    state_ = State::done;
    write_welcome();
    return true;
}

void Introduction::write_welcome() {
    v1::Frame frame;
    v1::Welcome& welcome = *frame.mutable_welcome();
    welcome.set_version(version_);
    welcome.set_server_name(output_.options().server_name);
    welcome.set_server_version(output_.options().server_version);
    welcome.set_session_id(output_.transport().peer().connection);
    v1::Limits& limits = *welcome.mutable_limits();
    limits.set_max_frame_bytes(output_.options().max_frame_bytes);
    limits.set_max_subject_bytes(clamp32(output_.options().subject.max_bytes));
    limits.set_max_subject_tokens(clamp32(output_.options().subject.max_tokens));
    limits.set_max_subscriptions(output_.options().max_subscriptions);
    limits.set_max_pending_requests(output_.options().max_pending_requests);
    limits.set_max_request_timeout_ms(milliseconds32(output_.options().max_request_timeout));
    limits.set_idle_timeout_ms(
        milliseconds32(output_.options().idle_timeout.value_or(std::chrono::milliseconds(0)))
    );
    limits.set_max_headers(output_.options().max_headers);
    if (output_.broker().has_streams() && !output_.options().datagram) {
        limits.set_max_durable_publications(output_.options().max_durable_publications);
    }
    output_.write(frame);
}

TimePoint Introduction::next_deadline() const {
    return progress_->started + output_.options().hello_timeout;
}

void Introduction::on_tick() {
    if (output_.transport().now() - progress_->started >= output_.options().hello_timeout) {
        output_.fail(
            v1::HELLO_TIMEOUT,
            CloseReason::hello_timeout,
            state_ == State::expect_hello ? "no Hello before the time-out"
                                          : "not authenticated before the time-out"
        );
    }
}

void Introduction::hold(ByteView frame) {
    progress_->held_bytes += frame.size() + sizeof(std::string);
    if (progress_->held_bytes > output_.options().max_frame_bytes_before_hello) {
        output_.fail(
            v1::FRAME_TOO_LARGE, CloseReason::frame_too_large, "too much data before Welcome"
        );
        return;
    }
    progress_->held.emplace_back(frame);
}

std::vector<std::string> Introduction::take_held() {
    std::vector<std::string> held = std::move(progress_->held);
    finish();
    return held;
}

}  // namespace telex::session::native

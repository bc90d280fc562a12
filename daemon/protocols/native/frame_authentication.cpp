// How a client becomes known: by a password or a token in its Hello, or by signing a Challenge with
// the key that its Hello shows.
#include "protocols/native/frame_session.hpp"
#include "wire/errors.hpp"

#include <utility>

namespace telex::session {

namespace {

constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

// Which of the three ways were begun.
int ways_of(const v1::Hello& hello) {
    const bool password = !hello.user().empty() || !hello.password().empty();
    return int{password} + int{!hello.token().empty()} + int{!hello.public_key().empty()};
}

struct Refused {
    v1::ErrorCode code;
    CloseReason reason;
    std::string_view text;
};

Refused refused_by(access::Verdict verdict) {
    switch (verdict) {
        case access::Verdict::busy:
            return {
                v1::AUTHENTICATION_BUSY,
                CloseReason::not_authenticated,
                "too many attempts; try again later"
            };
        case access::Verdict::in_public:
            return {
                v1::NOT_AUTHENTICATED,
                CloseReason::not_authenticated,
                "passwords and tokens are taken over TLS, unix sockets and loopback only"
            };
        case access::Verdict::too_many:
            return {
                v1::TOO_MANY_CONNECTIONS,
                CloseReason::too_many_connections,
                "the user has as many connections as it may"
            };
        case access::Verdict::refused:
        case access::Verdict::known:
            break;
    }
    // One text for all that can be wrong: nobody learns which users there are.
    return {
        v1::NOT_AUTHENTICATED,
        CloseReason::not_authenticated,
        "the credentials are not those of a user"
    };
}

}  // namespace

bool FrameSession::authenticate(const v1::Hello& hello) {
    const int ways = ways_of(hello);
    if (options_.datagram) {
        if (ways > 0) {
            complain(v1::NOT_ALLOWED_HERE, "no credentials over datagrams");
        }
        return ways > 0;
    }
    if (ways > 1) {
        fail(
            v1::BAD_MESSAGE,
            CloseReason::bad_message,
            "Hello shows more than one of password, token and public_key"
        );
        return true;
    }
    if (ways == 0 && is_stranger()) {
        fail(
            v1::NOT_AUTHENTICATED,
            CloseReason::not_authenticated,
            "this listener takes users only: show a password, a token or a key in Hello"
        );
        return true;
    }
    if (ways == 0) {
        return false;
    }
    if (!hello.public_key().empty()) {
        public_key_ = hello.public_key();
        state_ = State::expect_proof;
        v1::Frame frame;
        frame.mutable_challenge()->set_nonce(transport_.make_challenge());
        write(frame);
        return true;
    }
    access::Credentials credentials;
    const bool token = !hello.token().empty();
    credentials.kind =
        token ? access::Credentials::Kind::token : access::Credentials::Kind::password;
    credentials.user = hello.user();
    credentials.secret = token ? hello.token() : hello.password();
    state_ = State::authenticating;
    transport_.authenticate(credentials);
    return true;
}

void FrameSession::receive_proof(const v1::Proof& proof) {
    if (state_ != State::expect_proof) {
        fail_unexpected("Proof answers a Challenge, and there was none");
        return;
    }
    access::Credentials credentials;
    credentials.kind = access::Credentials::Kind::key;
    credentials.public_key = std::move(public_key_);
    credentials.signature = proof.signature();
    state_ = State::authenticating;
    if (credentials.public_key.size() != kPublicKeyBytes ||
        credentials.signature.size() != kSignatureBytes) {
        on_authenticated(access::Verdict::refused);
        return;
    }
    transport_.authenticate(credentials);
}

void FrameSession::on_authenticated(access::Verdict verdict) {
    if (state_ != State::authenticating) {
        return;
    }
    if (verdict == access::Verdict::known) {
        state_ = State::open;
        write_welcome();
        release_held();
    } else {
        const Refused refused = refused_by(verdict);
        fail(refused.code, refused.reason, refused.text);
    }
}

void FrameSession::hold(ByteView frame) {
    held_bytes_ += frame.size() + sizeof(std::string);
    if (held_bytes_ > options_.max_frame_bytes_before_hello) {
        fail(v1::FRAME_TOO_LARGE, CloseReason::frame_too_large, "too much before Welcome");
        return;
    }
    held_.emplace_back(frame);
}

void FrameSession::release_held() {
    for (const std::string& frame : std::exchange(held_, {})) {
        receive(frame, nullptr);
    }
    if (held_end_) {
        end_input();
    }
}

}  // namespace telex::session

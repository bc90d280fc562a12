#include "protocols/nats/opening.hpp"

#include "auth/nkey_signature.hpp"
#include "base/allocated.hpp"
#include "base/printable.hpp"
#include "protocols/nats/command_line.hpp"
#include "protocols/nats/error_text.hpp"
#include "protocols/nats/nats_options.hpp"
#include "protocols/nats/server_info.hpp"
#include "session/rejection.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::session::nats {

namespace {

constexpr std::size_t kClientNameBytes = 64;
// Of a held command, in a list that grows by doubling.
constexpr std::size_t kHeldPlace = 2 * sizeof(std::string);

// As the client calls itself, or as its library does: "lang go 1.22.1".
std::string client_name(const ConnectOptions& options) {
    const std::string name = !options.name.empty() || options.language.empty()
                                 ? options.name
                                 : fmt::format("nats {} {}", options.language, options.version);
    return printable(name, {.max_bytes = kClientNameBytes});
}

bool has_tls_first(const SessionOptions& options) {
    return options_of<NatsOptions>(options.protocol).handshake_first;
}

}  // namespace

std::string Opening::before_tls() {
    if (has_tls_first(output_.options())) {
        return {};
    }
    is_announced_ = true;
    return info({.tls = true}).append(kLineEnd);
}

void Opening::start() {
    started_ = output_.transport().now();
    if (!is_announced_) {
        is_announced_ = true;
        // Clients look for TLS here, even if it has come first.
        output_.write(info({.tls = has_tls_first(output_.options())}));
    }
}

void Opening::announce_end() {
    output_.write(info({.lame_duck = true}));
}

std::string Opening::info(const Announcement& announcement) {
    // Credentials come after the first INFO, before any other.
    const bool may_sign = output_.transport().user() != nullptr && !announcement.lame_duck;
    const std::string nonce =
        may_sign ? auth::nkey_nonce(output_.transport().make_challenge()) : std::string();
    const PeerFacts peer = output_.transport().peer();
    return write_info({
        .server_name = output_.options().server_name,
        .server_version = output_.options().server_version,
        .client_id = peer.connection,
        .client_ip = peer.host,
        .nonce = nonce,
        .max_payload = output_.options().max_frame_bytes,
        .auth_required = !is_done(),
        .tls_required = announcement.tls,
        .lame_duck = announcement.lame_duck,
    });
}

void Opening::receive_connect(std::string_view argument) {
    auto options = parse_connect(argument);
    if (!options) {
        output_.fail(v1::BAD_MESSAGE, CloseReason::bad_message, "", options.error());
        return;
    }
    if (options->protocol != 0 && options->protocol != 1) {
        output_.fail(
            v1::VERSION_UNSUPPORTED,
            CloseReason::protocol_violation,
            kInvalidProtocol,
            fmt::format("CONNECT: protocol {} is not supported", options->protocol)
        );
        return;
    }
    if (options->no_responders && !options->headers) {
        output_.fail(
            v1::BAD_MESSAGE,
            CloseReason::protocol_violation,
            "No responders requires headers support",
            "CONNECT: no_responders without headers"
        );
        return;
    }
    apply(*options);
    if (authenticate(*options)) {
        return;
    }
    if (!is_done()) {
        output_.fail(
            v1::NOT_AUTHENTICATED,
            CloseReason::not_authenticated,
            kNotAuthenticated,
            "authentication required: CONNECT has no credentials"
        );
        return;
    }
    state_ = State::open;
    output_.confirm();
}

void Opening::apply(const ConnectOptions& options) {
    output_.set_verbose(options.verbose);
    pedantic_ = options.pedantic;
    echo_ = options.echo;
    headers_ = options.headers;
    no_responders_ = options.no_responders;
    output_.transport().set_client_name(client_name(options));
}

bool Opening::authenticate(ConnectOptions& options) {
    access::Credentials credentials;
    if (!options.nkey.empty()) {
        credentials.kind = access::Credentials::Kind::nkey;
        credentials.public_key = std::move(options.nkey);
        credentials.signature = std::move(options.signature);
    } else if (!options.token.empty()) {
        credentials.kind = access::Credentials::Kind::token;
        credentials.secret = std::move(options.token);
    } else if (!options.user.empty() || !options.password.empty()) {
        credentials.kind = access::Credentials::Kind::password;
        credentials.user = std::move(options.user);
        credentials.secret = std::move(options.password);
    } else {
        return false;
    }
    if (output_.transport().user() == nullptr) {
        return false;
    }
    if (state_ != State::greeted) {
        output_.fail(
            v1::UNEXPECTED_FRAME,
            CloseReason::protocol_violation,
            kNotAuthenticated,
            "CONNECT with credentials after other commands"
        );
        return true;
    }
    state_ = State::authenticating;
    output_.transport().authenticate(std::move(credentials));
    return true;
}

bool Opening::on_authenticated(access::AuthResult result) {
    if (state_ != State::authenticating || output_.is_closed()) {
        return false;
    }
    if (result != access::AuthResult::authenticated) {
        const Rejection rejection = rejection_of(result);
        output_.fail(rejection.code, rejection.reason, kNotAuthenticated, rejection.text);
        return false;
    }
    state_ = State::open;
    output_.confirm();
    return true;
}

void Opening::hold(ByteView frame) {
    if (!held_) {
        held_ = std::make_unique<Held>();
    }
    held_->bytes += frame.size() + sizeof(std::string);
    if (held_->bytes > output_.options().max_frame_bytes_before_hello) {
        output_.fail(
            v1::FRAME_TOO_LARGE,
            CloseReason::frame_too_large,
            kNotAuthenticated,
            "too much data before the credentials were checked"
        );
        return;
    }
    held_->memory += memory_of(held_->commands.emplace_back(frame)) + kHeldPlace;
}

std::vector<std::string> Opening::take_held() {
    const std::unique_ptr<Held> held = std::move(held_);
    return held ? std::move(held->commands) : std::vector<std::string>();
}

TimePoint Opening::deadline() const {
    return started_ + output_.options().hello_timeout;
}

void Opening::on_tick() {
    if (!is_done() && output_.transport().now() >= deadline()) {
        output_.fail(
            v1::HELLO_TIMEOUT,
            CloseReason::hello_timeout,
            kConnectTimeout,
            "not authenticated before the time-out"
        );
    }
}

}  // namespace telex::session::nats

#pragma once
// The beginning of a NATS session: INFO, CONNECT and the client's credentials.
//
//               ┌──CONNECT without credentials, where none are required──┐
//   INFO ──▶ greeted                                                      ▶ open
//               └──CONNECT with credentials──▶ authenticating ───────────┘
//
// Where no user is required, all commands are accepted from the beginning, with or without CONNECT.
// Commands that arrive while authenticating are held. A CONNECT with credentials must be the first
// command: subscriptions belong to one user. Without users credentials mean nothing.
//
// Owner: the session. Thread: the connection's reactor.
#include "base/time.hpp"
#include "protocols/nats/connect_options.hpp"
#include "protocols/nats/nats_output.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::session::nats {

class Opening {
public:
    explicit Opening(NatsOutput& output) : output_(output) {}

    // INFO as it is sent in plain text before TLS; empty if TLS comes first.
    std::string before_tls();
    // Writes INFO, unless it was sent before TLS.
    void start();
    // INFO again, with the announcement that the server leaves.
    void announce_end();

    // Accepts no command but CONNECT.
    bool requires_connect() const { return state_ == State::greeted && !is_done(); }

    bool is_authenticating() const { return state_ == State::authenticating; }

    // The peer has a user, or needs none.
    bool is_done() const { return output_.transport().user() != &access::anonymous(); }

    void receive_connect(std::string_view argument);

    // Another command was received: from now on the peer stays who it is.
    void note_command() {
        if (state_ == State::greeted && is_done()) {
            state_ = State::open;
        }
    }

    // Keeps a command until take_held().
    void hold(ByteView frame);
    std::vector<std::string> take_held();

    // Of the held commands.
    std::size_t memory() const { return held_ ? held_->memory : 0; }

    // Returns true if the held commands must be carried out now.
    [[nodiscard]] bool on_authenticated(access::AuthResult result);

    TimePoint deadline() const;
    // Ends the session after the time-out. Only while it is not done.
    void on_tick();

    bool echo() const { return echo_; }

    bool pedantic() const { return pedantic_; }

    // It reads headers.
    bool headers() const { return headers_; }

    // It wants to know that a request has no responders.
    bool no_responders() const { return no_responders_; }

private:
    enum class State : std::uint8_t { greeted, authenticating, open };

    struct Announcement {
        bool tls = false;        // TLS follows
        bool lame_duck = false;  // the server leaves
    };

    // A new nonce for a peer that may need it.
    std::string info(const Announcement& announcement);
    void apply(const ConnectOptions& options);
    // Returns false if there are no credentials to check.
    [[nodiscard]] bool authenticate(ConnectOptions& options);

    // Commands that arrived while authenticating.
    struct Held {
        std::vector<std::string> commands;
        std::size_t bytes = 0;
        std::size_t memory = 0;
    };

    NatsOutput& output_;
    TimePoint started_{};
    std::unique_ptr<Held> held_;  // null: none
    // Last, so that the session's next member uses the padding.
    State state_ = State::greeted;
    bool is_announced_ = false;  // INFO was sent
    bool echo_ = true;
    bool pedantic_ = true;
    bool headers_ = false;
    bool no_responders_ = false;
};

}  // namespace telex::session::nats

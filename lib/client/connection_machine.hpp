#pragma once
// The decisions of a connection: which server it tries next and when, how long it waits, when it
// leaves and when it gives up. Without I/O, clock or locks: Connection reports what happens and
// carries out the steps.
//
//   searching --due--> attempting --Welcome--> connected --Goodbye or closing Error--> leaving
//     ^  ^                 |                       |                                      |
//     |  '---- failed -----'                       |                                      |
//     '---------------------- lost ----------------'--------------------------------------'
//   any state --close(), reconnect disabled, credentials rejected, last round--> closed (final)
//
// A client that closes while it is connected or leaving lingers there, so that the server gets all
// bytes, until the connection ends.
#include "base/time.hpp"
#include "client/endpoint.hpp"
#include "client/leaving.hpp"
#include "client/server_search.hpp"
#include <telex/error.hpp>
#include <telex/options.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace telex::client {

class ConnectionMachine {
public:
    enum class State : std::uint8_t { searching, attempting, connected, leaving, closed };

    // The next action of the owner; none if there is nothing to do.
    struct Step {
        enum class Kind : std::uint8_t {
            none,
            open,        // a link to server()
            open_other,  // a link to another address of server()
            disconnect,  // close the link because of `reason`, then report on_end()
            ping,        // send a Ping
            finish,      // the client is closed because of `reason`
        };

        Kind kind = Kind::none;
        Error reason;
        // Before that: an open connection has ended.
        std::optional<Error> lost;
        // Before that: all servers have failed, this number of rounds in a row.
        std::optional<Error> failed;
        std::uint32_t rounds = 0;
    };

    ConnectionMachine(std::vector<Endpoint> servers, const ClientOptions& options);

    State state() const { return state_; }

    const Endpoint& server() const { return search_.round().current(); }

    // The application closes the client.
    bool closes() const { return closes_; }

    // The server has announced the end of the connection.
    bool server_leaves() const { return leaving_.begun(); }

    // Nothing more is sent: the sending side is shut down once everything was written.
    bool ends() const { return closes_ || (leaving_.begun() && !leaving_.sends()); }

    // When on_time() must be called.
    std::optional<TimePoint> next_time() const;

    // Servers skipped as untrusted, once per change; else an empty text.
    [[nodiscard]] std::string take_untrusted() { return search_.take_untrusted(); }

    // --- events -------------------------------------------------------------------------------
    [[nodiscard]] Step start(TimePoint now);
    // server() must not be used, or its link could not be opened.
    [[nodiscard]] Step on_refused(const Error& reason, TimePoint now);
    // The link is open, or the server has sent bytes.
    void on_activity(TimePoint now);
    // Requires `attempting`.
    void on_welcome(TimePoint now);
    // `reconnect`: the server asks for it.
    void on_goodbye(Error reason, bool reconnect, TimePoint now);
    void on_closing_error(Error reason, TimePoint now);
    // The link has ended. A reason that the server announced takes precedence. `has_others`: it has
    // other addresses of the server.
    [[nodiscard]] Step on_end(const Error& seen, bool has_others, TimePoint now);
    // The application closes the client. Requires that it does not close already.
    [[nodiscard]] Step on_close(TimePoint now);

    // Whether replies are still to be sent or received. To be reported before ends() and
    // next_time() are used.
    void on_work(bool busy, TimePoint now) { leaving_.update(now, busy); }

    [[nodiscard]] Step on_time(TimePoint now);

private:
    using Kind = Step::Kind;

    bool may_try_other_address(const Error& reason, TimePoint now) const;
    Step attempt(TimePoint now);
    Step attempt_failed(const Error& reason, TimePoint now);
    Step round_failed(Errc code, TimePoint now);
    Step lose(const Error& reason, TimePoint now);
    Step finish(Error reason);
    Step check_silence(TimePoint now);
    // The server answers a Ping.
    bool is_alive() const;
    void leave(Error reason, bool stays, TimePoint now);

    const std::chrono::milliseconds attempt_timeout_;
    const std::chrono::milliseconds close_timeout_;
    const std::chrono::milliseconds ping_interval_;
    const bool reconnects_;
    ServerSearch search_;
    State state_ = State::searching;
    bool closes_ = false;
    std::uint32_t failed_rounds_ = 0;
    // Of a connection.
    std::optional<Error> announced_end_;
    bool reconnect_announced_ = false;
    Leaving leaving_;
    bool ping_sent_ = false;
    TimePoint connected_at_;
    TimePoint last_activity_;
    // Deadlines.
    std::optional<TimePoint> attempt_;  // of the current attempt, until Welcome
    std::optional<TimePoint> retry_;    // the next attempt
    std::optional<TimePoint> linger_;   // the client closes
};

}  // namespace telex::client

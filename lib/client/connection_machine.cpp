#include "client/connection_machine.hpp"

#include "client/deadlines.hpp"
#include "client/handshake.hpp"

#include <utility>

namespace telex::client {

ConnectionMachine::ConnectionMachine(std::vector<Endpoint> servers, const ClientOptions& options)
    : attempt_timeout_(options.attempt_timeout),
      close_timeout_(options.close_timeout),
      ping_interval_(options.ping_interval),
      reconnects_(options.reconnect.enabled),
      search_(std::move(servers), options.reconnect) {}

std::optional<TimePoint> ConnectionMachine::next_time() const {
    auto next = earlier(earlier(attempt_, retry_), earlier(linger_, leaving_.deadline()));
    if (is_alive()) {
        const int intervals = ping_sent_ ? 2 : 1;
        next = earlier(next, last_activity_ + intervals * ping_interval_);
    }
    return next;
}

bool ConnectionMachine::is_alive() const {
    return state_ == State::connected || (state_ == State::leaving && leaving_.sends());
}

// --- one attempt at one server ---------------------------------------------------------------

ConnectionMachine::Step ConnectionMachine::start(TimePoint now) {
    search_.round().begin();
    return attempt(now);
}

ConnectionMachine::Step ConnectionMachine::attempt(TimePoint now) {
    state_ = State::attempting;
    retry_.reset();
    attempt_ = deadline(now, attempt_timeout_);
    announced_end_.reset();
    leaving_.reset();
    return {.kind = Kind::open};
}

ConnectionMachine::Step ConnectionMachine::on_refused(const Error& reason, TimePoint now) {
    return attempt_failed(reason, now);
}

void ConnectionMachine::on_activity(TimePoint now) {
    last_activity_ = now;
    ping_sent_ = false;
}

void ConnectionMachine::on_welcome(TimePoint now) {
    state_ = leaving_.begun() ? State::leaving : State::connected;
    failed_rounds_ = 0;
    attempt_.reset();
    connected_at_ = now;
    reconnect_announced_ = false;
}

// The other addresses get what is left of the attempt's time.
bool ConnectionMachine::may_try_other_address(const Error& reason, TimePoint now) const {
    return !ends_search(reason.code) && *attempt_ > now;
}

ConnectionMachine::Step ConnectionMachine::attempt_failed(const Error& reason, TimePoint now) {
    search_.round().fail(reason);
    state_ = State::searching;
    attempt_.reset();
    leaving_.reset();
    if (search_.round().is_over()) {
        return round_failed(ends_search(reason.code) ? reason.code : Errc::connect_failed, now);
    }
    // By the timer: servers that all fail at once must not cause recursion.
    retry_ = TimePoint::min();
    return {};
}

ConnectionMachine::Step ConnectionMachine::round_failed(Errc code, TimePoint now) {
    const Error failure{code, search_.round().failures()};
    ++failed_rounds_;
    Step step;
    if (const auto delay = search_.after_round(code, failed_rounds_)) {
        retry_ = deadline(now, *delay);
    } else {
        step = finish(failure);
    }
    step.failed = failure;
    step.rounds = failed_rounds_;
    return step;
}

// --- the end of a connection -----------------------------------------------------------------

void ConnectionMachine::on_goodbye(Error reason, bool reconnect, TimePoint now) {
    reconnect_announced_ = reconnect;
    leave(std::move(reason), true, now);
}

void ConnectionMachine::on_closing_error(Error reason, TimePoint now) {
    leave(std::move(reason), false, now);
}

void ConnectionMachine::leave(Error reason, bool stays, TimePoint now) {
    announced_end_ = std::move(reason);
    leaving_.begin(now, stays);
    if (state_ == State::connected) {
        state_ = State::leaving;
    }
}

ConnectionMachine::Step ConnectionMachine::on_end(
    const Error& seen, bool has_others, TimePoint now
) {
    const Error reason = announced_end_.value_or(seen);
    if (state_ != State::attempting) {
        return lose(reason, now);
    }
    if (!has_others || !may_try_other_address(reason, now)) {
        return attempt_failed(reason, now);
    }
    search_.round().note(reason);
    announced_end_.reset();
    leaving_.reset();
    return {.kind = Kind::open_other};
}

ConnectionMachine::Step ConnectionMachine::lose(const Error& reason, TimePoint now) {
    state_ = State::searching;
    leaving_.reset();
    Step step;
    if (closes_ || !reconnects_) {
        step = finish(reason);
    } else {
        const auto delay = search_.after_loss(now - connected_at_, reconnect_announced_);
        retry_ = deadline(now, delay);
    }
    step.lost = reason;
    return step;
}

ConnectionMachine::Step ConnectionMachine::on_close(TimePoint now) {
    closes_ = true;
    if (state_ == State::connected || state_ == State::leaving) {
        linger_ = deadline(now, close_timeout_);
        return {};
    }
    return finish({Errc::closed, "closed before it was connected"});
}

ConnectionMachine::Step ConnectionMachine::finish(Error reason) {
    state_ = State::closed;
    attempt_.reset();
    retry_.reset();
    linger_.reset();
    leaving_.reset();
    return {.kind = Kind::finish, .reason = std::move(reason)};
}

// --- time ------------------------------------------------------------------------------------

ConnectionMachine::Step ConnectionMachine::on_time(TimePoint now) {
    const auto due = [now](const std::optional<TimePoint>& time) { return time && *time <= now; };
    if (due(linger_)) {
        return finish({Errc::closed, "the server did not read everything within close_timeout"});
    }
    if (due(leaving_.deadline())) {
        return {.kind = Kind::disconnect, .reason = {Errc::disconnected, "the server left"}};
    }
    if (due(attempt_)) {
        return {.kind = Kind::disconnect, .reason = {Errc::timeout, std::string(kNoWelcome)}};
    }
    if (due(retry_)) {
        return search_.round().is_over() ? start(now) : attempt(now);
    }
    return check_silence(now);
}

ConnectionMachine::Step ConnectionMachine::check_silence(TimePoint now) {
    if (!is_alive() || now < last_activity_ + ping_interval_) {
        return {};
    }
    if (now >= last_activity_ + 2 * ping_interval_) {
        return {.kind = Kind::disconnect, .reason = {Errc::disconnected, "the server is silent"}};
    }
    if (ping_sent_) {
        return {};
    }
    ping_sent_ = true;
    return {.kind = Kind::ping};
}

}  // namespace telex::client

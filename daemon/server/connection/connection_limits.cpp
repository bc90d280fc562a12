// Connection: limits of time.
//
// A round over all connections once a second finds what is over. Whatever ends before the next
// round gets a timer, set by the round or when that limit begins: so a connection costs no timer
// while nothing ends soon, and each limit is kept to kGrain.
#include "server/connection/connection.hpp"
#include "server/connection/connection_table.hpp"

#include <algorithm>

namespace telex::server {

namespace {

constexpr std::chrono::seconds kRound{1};
// How exactly limits are kept; also what keeps a limit that cannot be acted on from turning in
// circles.
constexpr std::chrono::milliseconds kGrain{20};
// A peer that sends so much in a second is slow, and not a burden.
constexpr std::size_t kLeastRate = 1U << 10U;

}  // namespace

void Connection::on_tick() {
    if (state_ == State::open) {
        input_.shrink();
        parked_.shrink();
        outbox_.shrink();
    }
    check_limits();
}

void Connection::check_limits() {
    const session::TimePoint now = shard_.reactor().now();
    if (state_ == State::flushing && now >= deadline_) {
        close_detail_ += "; the peer did not read the rest";
        gone();
    } else if (state_ == State::lingering && now >= deadline_) {
        gone();
    } else if (state_ == State::securing && now >= deadline_) {
        close_detail_ = "the handshake took too long";
        abort(session::CloseReason::tls_failed);
    } else if (state_ == State::open) {
        check_open(now);
    }
    watch_until(next_deadline());
}

void Connection::check_open(session::TimePoint now) {
    note_taken(now);
    check_age();
    if (state_ == State::open && frame_is_overdue(now)) {
        refuse_and_close(
            {.code = v1::IDLE_TIMEOUT,
             .text = "the rest of a frame did not come in time",
             .closing = true},
            session::CloseReason::idle_timeout
        );
    }
    if (state_ == State::open) {
        session_->on_tick();
    }
}

// --- what ends when -----------------------------------------------------------------------------

session::TimePoint Connection::next_deadline() const {
    if (state_ == State::gone) {
        return session::TimePoint::max();
    }
    if (state_ != State::open) {
        return deadline_;
    }
    const SlowConsumerOptions& slow = settings_->options().slow_consumer;
    session::TimePoint next = session_->next_deadline();
    if (!paused_publishers_.empty()) {
        next = std::min(next, blocking_since_ + slow.max_block);
    } else if (outbox_.has_backlog()) {
        next = std::min(next, outbox_.oldest() + slow.max_pending_age);
    }
    if (frame_began_ != session::TimePoint{}) {
        next = std::min(next, frame_began_ + time_for_frame());
    }
    return next;
}

void Connection::watch_until(session::TimePoint deadline) {
    const session::TimePoint now = shard_.reactor().now();
    if (deadline >= limit_timer_ || deadline - now >= kRound) {
        return;
    }
    limit_timer_ = std::max(deadline, now + kGrain);
    table_.timers().run_at(limit_timer_, limit_work_);
}

void Connection::limit_turn() {
    limit_timer_ = session::TimePoint::max();
    check_limits();
}

// --- a frame that has begun ---------------------------------------------------------------------

std::chrono::milliseconds Connection::time_for_frame() const {
    const std::chrono::seconds for_its_size(input_.kept() / kLeastRate);
    return settings_->options().frame_timeout + for_its_size;
}

bool Connection::frame_is_overdue(session::TimePoint now) {
    if (frame_began_ == session::TimePoint{}) {
        return false;
    }
    const bool held_back =
        pauses_ > 0 || now < throttled_until_ || unread_answers_ || shard_.congested();
    if (held_back) {
        frame_began_ = now;  // what it has sent meanwhile was not read
        return false;
    }
    return now - frame_began_ >= time_for_frame();
}

// --- signs of life ------------------------------------------------------------------------------

// What the peer takes of a backlog is one: its Pong cannot come before all that stands in front of
// the Ping. Looked at between two checks; what was written meanwhile to a peer that waited for
// nothing does not count, because its system takes that without it.
void Connection::note_taken(session::TimePoint now) {
    if (taken_ == bytes_out_ && outbox_.empty()) {
        waits_to_take_ = false;
        return;
    }
    const std::size_t untaken = stream_->untaken();
    const std::uint64_t taken = bytes_out_ - std::min<std::uint64_t>(bytes_out_, untaken);
    if (waits_to_take_ && taken > taken_) {
        last_taken_ = now;
    }
    taken_ = std::max(taken_, taken);
    waits_to_take_ = untaken > 0 || !outbox_.empty();
}

session::TimePoint Connection::last_received() const {
    const bool held_back = pauses_ > 0 || shard_.reactor().now() < throttled_until_;
    return held_back ? shard_.reactor().now() : std::max(last_received_, last_taken_);
}

}  // namespace telex::server

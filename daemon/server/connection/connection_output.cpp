// Connection: what goes out, and how it ends.
#include "codec/whole_frames.hpp"
#include "server/connection/connection.hpp"
#include "server/connection/connection_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace telex::server {

namespace {

// For the last bytes to a closing peer to be taken, and for its own end to arrive.
constexpr std::chrono::seconds kFlushTime{5};
constexpr std::chrono::seconds kLingerTime{2};
// From here on what is put is written before the turn ends: while it is in the cache, and so that
// the peer works meanwhile.
constexpr std::size_t kWriteNow = 32U << 10U;

}  // namespace

session::SendResult Connection::send_control(const session::OutFrame& frame) {
    return put(frame, Use::control);
}

session::SendResult Connection::send_reply(const session::OutFrame& frame) {
    return put(frame, Use::answer);
}

session::SendResult Connection::send_delivery(
    const session::OutFrame& frame, std::uint64_t subscription
) {
    return put(frame, Use::delivery, subscription);
}

session::SendResult Connection::check_reply(const session::OutFrame& frame) const {
    codec::Wrapping wrap;
    FramedParts parts;
    return enframe(frame, Use::answer, wrap, parts);
}

session::SendResult Connection::enframe(
    const session::OutFrame& frame, Use use, codec::Wrapping& wrap, FramedParts& parts
) const {
    const auto refused = [](codec::FrameError error) {
        return session::not_sent(session::reason_of(error), error);
    };
    const auto wrapped = encoder_.wrap(frame.head.size() + frame.body.size(), wrap);
    if (!wrapped) {
        return refused(wrapped.error());
    }
    if (*wrapped) [[likely]] {
        parts = {wrap.head(), frame.head, frame.body, wrap.tail, frame.body_owner};
    } else {
        // The framing looks into the bytes or changes them.
        std::string& scratch = buffers_.scratch();
        scratch.clear();
        std::string whole(frame.head);
        whole += frame.body;
        const codec::Framing& framing = settings_->outgoing(stream_->keeps_packets());
        const auto encoded = use == Use::answer
                                 ? codec::encode_answer(framing, encoder_, whole, scratch)
                                 : encoder_.encode(whole, scratch);
        if (!encoded) {
            return refused(encoded.error());
        }
        parts = {scratch, {}, {}, {}, nullptr};
    }
    // The kernel refuses a packet that is larger, and would do so for ever.
    if (parts.size() > max_outgoing_) {
        return refused(codec::FrameError::too_large);
    }
    return {};
}

session::SendResult Connection::put(
    const session::OutFrame& frame, Use use, std::uint64_t subscription
) {
    if (state_ != State::open) {
        return session::not_sent(exchange::DropReason::connection_lost);
    }
    codec::Wrapping wrap;
    FramedParts parts;
    if (const auto fits = enframe(frame, use, wrap, parts); !fits) {
        return fits;
    }
    outbox_.put(parts, subscription, shard_.reactor().now());
    ++frames_out_;
    shard_.reactor().run_at_end(flush_work_);
    if (outbox_.bytes() >= kWriteNow) {
        try_write();
    }
    return {};
}

// Writes what the stream takes. May run while messages are being routed, so a broken stream is only
// noted here; the end of the turn draws the consequence.
void Connection::try_write() {
    if (blocked_ || broken_ || outbox_.empty()) {
        return;
    }
    const std::size_t before = outbox_.bytes();
    const IoResult result = outbox_.flush(*stream_);
    const std::size_t written = before - outbox_.bytes();
    bytes_out_ += written;
    shard_.counters().sent_bytes += written;
    if (written > 0) {
        last_written_ = shard_.reactor().now();
    }
    if (result.status == IoResult::Status::again) {
        blocked_ = true;
        broker_.lose_room();
    } else if (result.status != IoResult::Status::done) {
        broken_ = true;
        shard_.reactor().run_at_end(flush_work_);
    } else if (!outbox_.empty()) {
        shard_.reactor().run_at_end(flush_work_);
    }
}

void Connection::write_turn() {
    if (state_ == State::gone || state_ == State::lingering) {
        return;
    }
    try_write();
    if (broken_) {
        abort(session::CloseReason::client_reset);
        return;
    }
    after_write();
}

void Connection::after_write() {
    recharge();
    note_activity();
    broker_.note_queue(pending_bytes(), state_ == State::open && !blocked_);
    relieve_publishers();
    if (outbox_.has_backlog()) {
        watch_until(outbox_.oldest() + settings_->options().slow_consumer.max_pending_age);
    }
    if (state_ == State::flushing && outbox_.empty()) {
        stream_->finish_writing();
        if (input_ended_) {
            gone();
            return;
        }
        state_ = State::lingering;
        deadline_ = shard_.reactor().now() + kLingerTime;
        shard_.reactor().run_again(read_work_);
    } else if (state_ == State::open && !blocked_) {
        // Input may have waited for answers to be taken.
        if (outbox_.control_bytes() == 0 && unread_answers_) {
            unread_answers_ = false;
            shard_.reactor().run_again(read_work_);
        }
    }
}

void Connection::close(session::CloseReason reason, std::string_view detail) {
    if (state_ != State::open) {
        return;
    }
    state_ = State::flushing;
    broker_.leave_groups();
    close_reason_ = reason;
    close_detail_ = detail;
    // The drain has a time of its own, and ends with everybody's end.
    deadline_ = reason == session::CloseReason::shutting_down ? session::TimePoint::max()
                                                              : shard_.reactor().now() + kFlushTime;
    shard_.reactor().run_at_end(flush_work_);
}

void Connection::refuse_and_close(const session::Refusal& refusal, session::CloseReason reason) {
    if (state_ == State::open) {
        count_refusal(refusal.code);
        session_->refuse(refusal);
        close(reason, refusal.text);
    }
}

void Connection::abort(session::CloseReason reason) {
    if (state_ == State::gone) {
        return;
    }
    if (state_ == State::open || state_ == State::securing) {
        close_reason_ = reason;
    }
    if (reason == session::CloseReason::shutting_down && !outbox_.empty()) {
        close_detail_ =
            fmt::format("the drain's time is over; {} bytes were not read", outbox_.bytes());
    }
    gone();
}

void Connection::leave_exchange() {
    if (!joined_) {
        return;
    }
    joined_ = false;
    for (const auto publisher : paused_publishers_) {
        shard_.resume_publisher(publisher);
    }
    paused_publishers_.clear();
    const auto reason = close_reason_ == session::CloseReason::slow_consumer
                            ? exchange::DropReason::slow_disconnect
                        : close_reason_ == session::CloseReason::shutting_down
                            ? exchange::DropReason::shutting_down
                            : exchange::DropReason::connection_lost;
    outbox_.abandon([&](std::uint64_t subscription) { count_dropped(subscription, reason); });
    broker_.leave(reason);
}

void Connection::gone() {
    if (state_ == State::gone) {
        return;
    }
    state_ = State::gone;
    if (polled_) {
        shard_.reactor().poller().remove(stream_->descriptor(), *this);
    }
    leave_exchange();
    parked_.clear();
    parked_bytes_ = 0;
    give_back_charges();
    give_back_places();  // before the log says that it has ended
    ++shard_.counters().closed[static_cast<std::size_t>(close_reason_)];
    log_end();
    v1::ConnectionInfo info = obituary();
    report_end(info);
    table_.remember(std::move(info));
    shard_.forget_waiting(read_work_);
    table_.timers().forget(limit_work_);
    stream_.reset();
    table_.remove(*this);
}

void Connection::recharge() {
    if (state_ == State::gone) {
        return;
    }
    const std::size_t now =
        outbox_.bytes() + held_bytes_ + parked_bytes_ + input_.memory() + stream_->memory();
    if (now > charged_) {
        shard_.account().charge(now - charged_);
    } else {
        shard_.account().release(charged_ - now);
    }
    charge_user(now);
    charged_ = now;
}

void Connection::give_back_charges() {
    shard_.account().release(charged_);
    charge_user(0);
    charged_ = 0;
}

void Connection::give_back_places() {
    dismiss_stranger();
    give_back_place_of_user();
    if (std::exchange(has_place_, false)) {
        if (seat_) {
            listener_.stand_up(*seat_);
        } else {
            listener_.give_place();
        }
    }
    if (std::exchange(has_standing_room_, false)) {
        listener_.give_standing_room();
    }
}

void Connection::begin_drain() {
    if (state_ == State::open) {
        session_->on_drain();
    } else if (state_ == State::securing) {
        abort(session::CloseReason::shutting_down);
    }
}

void Connection::drain_quiet(std::chrono::milliseconds quiet) {
    const bool busy = !outbox_.empty() || pending_requests() > 0 || parking() ||
                      shard_.reactor().now() - std::max(last_received_, last_written_) < quiet;
    if (state_ == State::open && !busy) {
        close(session::CloseReason::shutting_down, "drained");
    }
}

}  // namespace telex::server

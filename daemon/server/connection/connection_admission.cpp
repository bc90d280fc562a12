// Connection: what a slow consumer does to those who publish to it, and they to it.
//
//   below the limit          accept
//   block                    accept, pause the publisher; after max_block the fallback applies
//   drop_oldest              make room
//   drop_newest              refuse
//   disconnect               typed error, close; refuse what only waits for a queue group's credit
//
// Before a policy acts, what is queued is offered to the socket once more: within one turn a burst
// may exceed the limit although the peer reads fast enough.
#include "server/connection/connection.hpp"
#include "wire/errors.hpp"
#include "wire/writer.hpp"

#include <algorithm>

namespace telex::server {

namespace {

// A blocked consumer may exceed its limit by what was under way from its publishers when they were
// paused, but not without bound.
constexpr std::size_t kOvershootFactor = 4;
// While memory is tight, a backlog from here on slows its publishers down whatever its policy.
constexpr std::size_t kTightBacklog = 64U << 10U;
// What one that is cut for its memory may hold until it has been told.
constexpr std::size_t kMostToSayGoodbye = 1U << 20U;

v1::SlowPolicy as_wire(SlowPolicy policy) {
    switch (policy) {
        case SlowPolicy::block:
            return v1::SLOW_POLICY_BLOCK;
        case SlowPolicy::drop_oldest:
            return v1::SLOW_POLICY_DROP_OLDEST;
        case SlowPolicy::drop_newest:
            return v1::SLOW_POLICY_DROP_NEWEST;
        case SlowPolicy::disconnect:
            break;
    }
    return v1::SLOW_POLICY_DISCONNECT;
}

}  // namespace

broker::Admission Connection::admit(
    const broker::Subscription& subscription, std::size_t bytes, broker::ClientId publisher
) {
    if (state_ != State::open) {
        return session::not_sent(exchange::DropReason::connection_lost);
    }
    if (pending_bytes() + bytes <= pending_limit_ && !shard_.account().tight()) {
        return {};
    }
    return admit_over_limit(subscription, bytes, publisher);
}

broker::Admission Connection::admit_over_limit(
    const broker::Subscription& subscription, std::size_t bytes, broker::ClientId publisher
) {
    const SlowConsumerOptions& options = settings_->options().slow_consumer;
    const std::size_t limit = pending_limit_;
    do {
        try_write();
    } while (pending_bytes() + bytes > limit && !blocked_ && !broken_ && !outbox_.empty());
    if (broken_) {
        return session::not_sent(exchange::DropReason::connection_lost);
    }
    // One message is no backlog, though it be as large as the limit.
    if (pending_bytes() == 0 && limit == options.max_pending_bytes) {
        return {};
    }
    const std::size_t largest = settings_->outgoing(stream_->keeps_packets()).encode_limit();
    if (bytes > std::max(limit, largest) + wire::kHeadAllowance) {
        return session::not_sent(exchange::DropReason::too_large, codec::FrameError::too_large);
    }
    if (pending_bytes() + bytes <= limit) {
        if (shard_.account().tight() && pending_bytes() > kTightBacklog) {
            hold_back(publisher);
        }
        return {};
    }
    v1::SlowPolicy policy = subscription.slow_policy;
    if (policy == v1::SLOW_POLICY_UNSPECIFIED) {
        policy = as_wire(options.policy);
    }
    if (policy == v1::SLOW_POLICY_BLOCK) {
        if (pending_bytes() < kOvershootFactor * limit && hold_back(publisher)) {
            return {};
        }
        policy = as_wire(options.fallback);
    }
    switch (policy) {
        case v1::SLOW_POLICY_DROP_OLDEST:
            return drop_older(subscription, bytes, limit);
        case v1::SLOW_POLICY_DROP_NEWEST:
            report_slow(v1::SlowConsumerEvent::DROPPING, subscription.id);
            return session::not_sent(exchange::DropReason::slow_newest);
        default:
            // What waits for a queue group's credit is not this peer's slowness. Cut off, it would
            // leave it to the next member, which would be cut off for it in turn.
            if (subscription.group_member != nullptr && !blocked_ && held_bytes_ > 0) {
                return session::not_sent(exchange::DropReason::slow_newest);
            }
            cut_slow_consumer(subscription.id);
            return session::not_sent(exchange::DropReason::slow_disconnect);
    }
}

// False: it cannot be paused, or this consumer has held its publishers back long enough.
bool Connection::hold_back(broker::ClientId publisher) {
    if (block_expired_) {
        return false;
    }
    const auto known = std::find(paused_publishers_.begin(), paused_publishers_.end(), publisher);
    if (known != paused_publishers_.end()) {
        return true;
    }
    if (!shard_.pause_publisher(publisher)) {
        return false;
    }
    if (paused_publishers_.empty()) {
        blocking_since_ = shard_.reactor().now();
        report_slow(v1::SlowConsumerEvent::BLOCKING, 0);
        watch_until(blocking_since_ + settings_->options().slow_consumer.max_block);
    }
    paused_publishers_.push_back(publisher);
    return true;
}

void Connection::relieve_publishers() {
    const std::size_t low = pending_limit_ / 2;
    if (pending_bytes() > low) {
        return;
    }
    block_expired_ = false;
    told_slow_ = 0;
    for (const auto publisher : paused_publishers_) {
        shard_.resume_publisher(publisher);
    }
    paused_publishers_.clear();
}

broker::Admission Connection::drop_older(
    const broker::Subscription& subscription, std::size_t bytes, std::size_t limit
) {
    report_slow(v1::SlowConsumerEvent::DROPPING, subscription.id);
    while (pending_bytes() + bytes > limit) {
        if (const auto victim = outbox_.drop_oldest()) {
            count_dropped(*victim, exchange::DropReason::slow_oldest);
        } else if (!broker_.drop_held(subscription.id, exchange::DropReason::slow_oldest)) {
            return session::not_sent(exchange::DropReason::slow_newest);
        }
    }
    return {};
}

// A delivery that was counted as made, but is not: put the books right.
void Connection::count_dropped(std::uint64_t subscription, exchange::DropReason reason) {
    if (subscription != 0) {
        broker_.uncount_delivery(subscription, reason);
    }
}

void Connection::cut_slow_consumer(std::uint64_t subscription) {
    const std::size_t pending = pending_bytes();
    report_slow(v1::SlowConsumerEvent::DISCONNECTING, subscription);
    outbox_.drop_deliveries([this](std::uint64_t dropped) {
        count_dropped(dropped, exchange::DropReason::slow_disconnect);
    });
    refuse_and_close(
        {.code = v1::SLOW_CONSUMER,
         .text = "messages arrive faster than this client reads them",
         .closing = true,
         .subscription = subscription,
         .pending_bytes = pending,
         .limit = pending_limit_},
        session::CloseReason::slow_consumer
    );
}

void Connection::kick(std::string_view reason) {
    if (state_ == State::open) {
        refuse_and_close(
            {.code = v1::KICKED,
             .text = reason.empty() ? "an operator closes this connection" : std::string(reason),
             .closing = true},
            session::CloseReason::kicked
        );
    } else {
        abort(session::CloseReason::kicked);
    }
}

void Connection::shed() {
    if (state_ != State::open) {
        gone();  // it has been told, and still holds more than anybody else
        return;
    }
    const std::size_t held = charged_;
    outbox_.drop_deliveries([this](std::uint64_t dropped) {
        count_dropped(dropped, exchange::DropReason::slow_disconnect);
    });
    refuse_and_close(
        {.code = v1::OVER_MEMORY_BUDGET,
         .text = "the exchange is out of memory for messages, and this client holds the most of it",
         .closing = true,
         .pending_bytes = held,
         .limit = shard_.account().budget().limit()},
        session::CloseReason::memory_budget
    );
    // A long frame that is half written or half read cannot be given up by itself. Then the memory
    // matters more than that the peer hears why.
    recharge();
    if (charged_ > kMostToSayGoodbye) {
        gone();
    }
}

// How long it has blocked, and how old the oldest waiting message is.
void Connection::check_age() {
    const SlowConsumerOptions& options = settings_->options().slow_consumer;
    const session::TimePoint now = shard_.reactor().now();
    if (!paused_publishers_.empty() && now - blocking_since_ >= options.max_block) {
        stop_blocking(now);
    }
    if (!outbox_.has_backlog() || now - outbox_.oldest() < options.max_pending_age ||
        !paused_publishers_.empty()) {
        return;
    }
    const SlowPolicy policy =
        options.policy == SlowPolicy::block ? options.fallback : options.policy;
    if (policy == SlowPolicy::disconnect) {
        cut_slow_consumer(0);
        return;
    }
    // Both dropping policies: what is too old has no reader.
    report_slow(v1::SlowConsumerEvent::DROPPING, 0);
    while (outbox_.has_backlog() && now - outbox_.oldest() >= options.max_pending_age) {
        const auto victim = outbox_.drop_oldest();
        if (!victim) {
            return;
        }
        count_dropped(*victim, exchange::DropReason::expired);
    }
}

void Connection::stop_blocking(session::TimePoint now) {
    ++shard_.counters().expired_blocks;
    log_block(now);
    report_slow(v1::SlowConsumerEvent::BLOCK_EXPIRED, 0);
    block_expired_ = true;
    for (const auto publisher : paused_publishers_) {
        shard_.resume_publisher(publisher);
    }
    paused_publishers_.clear();
}

void Connection::charge_held(std::size_t bytes) {
    held_bytes_ += bytes;
    recharge();
}

void Connection::release_held(std::size_t bytes) {
    held_bytes_ -= bytes;
    recharge();
    if (!paused_publishers_.empty()) {
        shard_.reactor().run_at_end(flush_work_);  // they may be relieved
    }
}

}  // namespace telex::server

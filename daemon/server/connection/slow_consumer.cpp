#include "server/connection/slow_consumer.hpp"

namespace telex::server {

namespace {

void report_slow(
    const SlowConsumer::Parts& parts,
    ConnectionEvents::SlowAction action,
    std::uint64_t subscription = 0
) {
    parts.events.slow_consumer(
        {parts.broker.shard(), parts.connection},
        action,
        subscription,
        parts.charges.pending_limit()
    );
}

void resume_all(exchange::Shard& shard, const std::vector<broker::ClientId>& publishers) {
    for (const broker::ClientId publisher : publishers) {
        shard.resume_publisher(publisher);
    }
}

// A message was dropped from the queue. `key`: frame_key.hpp.
void count_dropped(exchange::ClientPort& broker, std::uint64_t key, broker::DropReason reason) {
    if (key == kReplyKey) {
        broker.uncount_replies({reason}, 1);
    } else {
        broker.uncount_delivery(key, reason);
    }
}

}  // namespace

std::optional<broker::Admission> SlowConsumer::admit(
    const Parts& parts,
    const broker::Subscription& subscription,
    std::size_t bytes,
    std::size_t max_frame,
    broker::ClientId publisher
) {
    const SlowConsumerPolicy::Load load{
        .pending = pending_bytes(parts.queue),
        .message = bytes,
        .limit = parts.charges.pending_limit(),
        .max_frame = max_frame,
        .memory_tight = parts.broker.shard().account().tight(),
        .waits_for_credit =
            subscription.group_member != nullptr && !parts.queue.is_blocked() && credit_bytes_ > 0
    };
    Decision decision = policy_.decide(load, subscription.slow_policy);
    if (decision.action == Decision::Action::pause && !pause(parts, publisher)) {
        decision = policy_.decide_unpaused(load, subscription.slow_policy);
    }
    switch (decision.action) {
        case Decision::Action::accept:
        case Decision::Action::pause:
            return broker::Admission{};
        case Decision::Action::drop_oldest:
            report_slow(parts, v1::SlowConsumerEvent::DROPPING, subscription.id);
            return drop_oldest(parts, subscription, decision.bytes);
        case Decision::Action::drop_newest:
            if (decision.consumer_is_slow) {
                report_slow(parts, v1::SlowConsumerEvent::DROPPING, subscription.id);
            }
            return tl::unexpected(decision.fault);
        case Decision::Action::disconnect:
            break;
    }
    return std::nullopt;
}

// Returns false if the publisher cannot be paused.
bool SlowConsumer::pause(const Parts& parts, broker::ClientId publisher) {
    if (policy_.has_paused(publisher)) {
        return true;
    }
    if (!parts.broker.shard().pause_publisher(publisher)) {
        return false;
    }
    if (policy_.add_paused(publisher, parts.broker.shard().reactor().now())) {
        report_slow(parts, v1::SlowConsumerEvent::BLOCKING);
    }
    return true;
}

broker::Admission SlowConsumer::drop_oldest(
    const Parts& parts, const broker::Subscription& subscription, std::size_t bytes
) const {
    const std::size_t before = pending_bytes(parts.queue);
    const std::size_t target = before > bytes ? before - bytes : 0;
    while (pending_bytes(parts.queue) > target) {
        if (const auto victim = parts.queue.drop_oldest()) {
            count_dropped(parts.broker, *victim, broker::DropReason::slow_oldest);
        } else if (!parts.broker.drop_held(subscription.id, broker::DropReason::slow_oldest)) {
            return broker::not_sent(broker::DropReason::slow_newest);
        }
    }
    return {};
}

void SlowConsumer::drop_deliveries(const Parts& parts, broker::DropReason reason) {
    parts.queue.drop_deliveries([&](std::uint64_t key) { count_dropped(parts.broker, key, reason); }
    );
}

void SlowConsumer::abandon_queue(const Parts& parts, broker::DropReason reason) {
    parts.queue.abandon([&](std::uint64_t key) { count_dropped(parts.broker, key, reason); });
}

// --- paused publishers ---------------------------------------------------------------------------

void SlowConsumer::relieve_publishers(const Parts& parts) {
    if (SlowConsumerPolicy::has_caught_up(
            pending_bytes(parts.queue), parts.charges.pending_limit()
        )) {
        parts.events.caught_up();
        release_publishers(parts.broker.shard());
    }
}

void SlowConsumer::release_publishers(exchange::Shard& shard) {
    resume_all(shard, policy_.release());
}

// --- limits of time ------------------------------------------------------------------------------

void SlowConsumer::add_limits(const SendQueue& queue, TimeLimits& limits) const {
    limits.set(TimeLimits::Limit::block, policy_.block_end());
    if (queue.has_backlog()) {
        limits.set(TimeLimits::Limit::backlog, policy_.backlog_end(queue.oldest()));
    }
}

void SlowConsumer::expire_block(const Parts& parts) {
    ++parts.broker.shard().counters().expired_blocks;
    report_slow(parts, v1::SlowConsumerEvent::BLOCK_EXPIRED);
    resume_all(parts.broker.shard(), policy_.expire());
}

bool SlowConsumer::drop_old_backlog(const Parts& parts, TimePoint now) {
    if (policy_.decide_old_backlog() == Decision::Action::disconnect) {
        return false;
    }
    // Nothing reads what is too old, whichever end a policy drops from.
    report_slow(parts, v1::SlowConsumerEvent::DROPPING);
    while (parts.queue.has_backlog() && policy_.backlog_end(parts.queue.oldest()) <= now) {
        const auto victim = parts.queue.drop_oldest();
        if (!victim) {
            break;
        }
        count_dropped(parts.broker, *victim, broker::DropReason::expired);
    }
    return true;
}

}  // namespace telex::server

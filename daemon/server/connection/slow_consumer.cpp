#include "server/connection/slow_consumer.hpp"

namespace telex::server {

std::optional<broker::Admission> SlowConsumer::admit(
    const broker::Subscription& subscription,
    std::size_t bytes,
    std::size_t max_frame,
    broker::ClientId publisher
) {
    const SlowConsumerPolicy::Load load{
        .pending = pending_bytes(),
        .message = bytes,
        .limit = charges_.pending_limit(),
        .max_frame = max_frame,
        .memory_tight = shard_.account().tight(),
        .waits_for_credit =
            subscription.group_member != nullptr && !queue_.is_blocked() && credit_bytes_ > 0
    };
    Decision decision = policy_.decide(load, subscription.slow_policy);
    if (decision.action == Decision::Action::pause && !pause(publisher)) {
        decision = policy_.decide_unpaused(load, subscription.slow_policy);
    }
    switch (decision.action) {
        case Decision::Action::accept:
        case Decision::Action::pause:
            return broker::Admission{};
        case Decision::Action::drop_oldest:
            events_.slow_consumer(
                v1::SlowConsumerEvent::DROPPING, subscription.id, charges_.pending_limit()
            );
            return drop_oldest(subscription, decision.bytes);
        case Decision::Action::drop_newest:
            if (decision.consumer_is_slow) {
                events_.slow_consumer(
                    v1::SlowConsumerEvent::DROPPING, subscription.id, charges_.pending_limit()
                );
            }
            return tl::unexpected(decision.fault);
        case Decision::Action::disconnect:
            break;
    }
    return std::nullopt;
}

// Returns false if the publisher cannot be paused.
bool SlowConsumer::pause(broker::ClientId publisher) {
    if (policy_.has_paused(publisher)) {
        return true;
    }
    if (!shard_.pause_publisher(publisher)) {
        return false;
    }
    if (policy_.add_paused(publisher, shard_.reactor().now())) {
        events_.slow_consumer(v1::SlowConsumerEvent::BLOCKING, 0, charges_.pending_limit());
    }
    return true;
}

broker::Admission SlowConsumer::drop_oldest(
    const broker::Subscription& subscription, std::size_t bytes
) {
    const std::size_t before = pending_bytes();
    const std::size_t target = before > bytes ? before - bytes : 0;
    while (pending_bytes() > target) {
        if (const auto victim = queue_.drop_oldest()) {
            count_dropped(*victim, broker::DropReason::slow_oldest);
        } else if (!broker_.drop_held(subscription.id, broker::DropReason::slow_oldest)) {
            return broker::not_sent(broker::DropReason::slow_newest);
        }
    }
    return {};
}

void SlowConsumer::count_dropped(std::uint64_t key, broker::DropReason reason) {
    if (key == kReplyKey) {
        broker_.uncount_replies({reason}, 1);
    } else {
        broker_.uncount_delivery(key, reason);
    }
}

void SlowConsumer::drop_deliveries(broker::DropReason reason) {
    queue_.drop_deliveries([&](std::uint64_t key) { count_dropped(key, reason); });
}

void SlowConsumer::abandon_queue(broker::DropReason reason) {
    queue_.abandon([&](std::uint64_t key) { count_dropped(key, reason); });
}

// --- paused publishers ---------------------------------------------------------------------------

void SlowConsumer::relieve_publishers() {
    if (SlowConsumerPolicy::has_caught_up(pending_bytes(), charges_.pending_limit())) {
        events_.caught_up();
        release_publishers();
    }
}

void SlowConsumer::release_publishers() {
    resume(policy_.release());
}

void SlowConsumer::resume(const std::vector<broker::ClientId>& publishers) {
    for (const broker::ClientId publisher : publishers) {
        shard_.resume_publisher(publisher);
    }
}

// --- limits of time ------------------------------------------------------------------------------

void SlowConsumer::add_limits(TimeLimits& limits) const {
    limits.set(TimeLimits::Limit::block, policy_.block_end());
    if (queue_.has_backlog()) {
        limits.set(TimeLimits::Limit::backlog, policy_.backlog_end(queue_.oldest()));
    }
}

void SlowConsumer::expire_block() {
    ++shard_.counters().expired_blocks;
    events_.slow_consumer(v1::SlowConsumerEvent::BLOCK_EXPIRED, 0, charges_.pending_limit());
    resume(policy_.expire());
}

bool SlowConsumer::drop_old_backlog(TimePoint now) {
    if (policy_.decide_old_backlog() == Decision::Action::disconnect) {
        return false;
    }
    // Nothing reads what is too old, whichever end a policy drops from.
    events_.slow_consumer(v1::SlowConsumerEvent::DROPPING, 0, charges_.pending_limit());
    while (queue_.has_backlog() && policy_.backlog_end(queue_.oldest()) <= now) {
        const auto victim = queue_.drop_oldest();
        if (!victim) {
            break;
        }
        count_dropped(*victim, broker::DropReason::expired);
    }
    return true;
}

}  // namespace telex::server

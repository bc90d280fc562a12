#include "server/connection/slow_consumer_policy.hpp"

#include "wire/writer.hpp"

#include <algorithm>
#include <utility>

namespace telex::server {

namespace {

using Action = SlowConsumerPolicy::Decision::Action;

}  // namespace

std::size_t SlowConsumerPolicy::blocks_at(
    v1::SlowPolicy policy, const SlowConsumerOptions& options
) {
    if (policy == v1::SLOW_POLICY_UNSPECIFIED) {
        policy = options.policy;
    }
    return policy == v1::SLOW_POLICY_BLOCK ? options.max_pending_bytes : 0;
}

SlowConsumerPolicy::Decision SlowConsumerPolicy::decide(
    const Load& load, v1::SlowPolicy policy, bool may_pause
) const {
    // A single message is not a backlog, even if it is as large as the limit.
    if (load.pending == 0 && load.limit == options_.max_pending_bytes) {
        return {};
    }
    if (load.message > std::max(load.limit, load.max_frame) + wire::kHeadAllowance) {
        return {
            .action = Action::drop_newest,
            .fault = {broker::DropReason::too_large, codec::FrameError::too_large},
            .consumer_is_slow = false
        };
    }
    if (load.pending + load.message <= load.limit) {
        const bool slow_down = may_pause && load.memory_tight && load.pending > kTightBacklog;
        return {.action = slow_down ? Action::pause : Action::accept};
    }
    if (policy == v1::SLOW_POLICY_UNSPECIFIED) {
        policy = options_.policy;
    }
    if (policy == v1::SLOW_POLICY_BLOCK) {
        if (may_pause) {
            return {.action = Action::pause};
        }
        policy = options_.fallback;
    }
    switch (policy) {
        case v1::SLOW_POLICY_DROP_OLDEST:
            return {
                .action = Action::drop_oldest, .bytes = load.pending + load.message - load.limit
            };
        case v1::SLOW_POLICY_DROP_NEWEST:
            return {.action = Action::drop_newest, .fault = {broker::DropReason::slow_newest}};
        default:
            break;
    }
    // Waiting for a queue group's credit is not this consumer's slowness. If it were disconnected,
    // the message would go to the next member, which would be disconnected for it in turn.
    if (load.waits_for_credit) {
        return {
            .action = Action::drop_newest,
            .fault = {broker::DropReason::slow_newest},
            .consumer_is_slow = false
        };
    }
    return {.action = Action::disconnect};
}

std::optional<TimePoint> SlowConsumerPolicy::backlog_end(TimePoint oldest) const {
    return is_blocking() ? std::nullopt : std::optional(oldest + options_.max_pending_age);
}

Action SlowConsumerPolicy::decide_old_backlog() const {
    const v1::SlowPolicy policy =
        options_.policy == v1::SLOW_POLICY_BLOCK ? options_.fallback : options_.policy;
    return policy == v1::SLOW_POLICY_DISCONNECT ? Action::disconnect : Action::drop_oldest;
}

// --- paused publishers ---------------------------------------------------------------------------

bool SlowConsumerPolicy::add_paused(broker::ClientId publisher, TimePoint now) {
    const bool is_first = !block_;
    if (is_first) {
        block_ = std::make_unique<Block>(now);
    }
    block_->publishers.insert(publisher);
    return is_first;
}

std::optional<TimePoint> SlowConsumerPolicy::block_end() const {
    return is_blocking() ? std::optional(block_->since + options_.max_block) : std::nullopt;
}

std::vector<broker::ClientId> SlowConsumerPolicy::release() {
    block_expired_ = false;
    return take_paused();
}

std::vector<broker::ClientId> SlowConsumerPolicy::expire() {
    block_expired_ = true;
    return take_paused();
}

std::vector<broker::ClientId> SlowConsumerPolicy::take_paused() {
    const std::unique_ptr<const Block> block = std::move(block_);
    return block ? std::vector(block->publishers.begin(), block->publishers.end())
                 : std::vector<broker::ClientId>();
}

}  // namespace telex::server

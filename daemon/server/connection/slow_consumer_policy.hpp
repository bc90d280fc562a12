#pragma once
// The policy for messages that arrive faster than a consumer reads them.
//
//   below the limit   accept
//   block             accept and pause the publisher; after max_block the fallback applies. What
//                     a paused publisher had under way is accepted, too:
//                     exchange/forward_window.hpp bounds it
//   drop_oldest       drop older messages
//   drop_newest       drop the message
//   disconnect        close the connection
//
// Numbers in, decisions out: the connection carries them out.
//
// Owner and thread: the connection's. Time is passed in.
#include "base/time.hpp"
#include "broker/client_id.hpp"
#include "broker/send_result.hpp"
#include "server/listener/listener_options.hpp"
#include "telex/v1/telex.pb.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace telex::server {

class SlowConsumerPolicy {
public:
    // While memory is tight, a consumer with a larger backlog pauses its publishers, whatever its
    // policy.
    static constexpr std::size_t kTightBacklog = 64U << 10U;

    struct Load {
        std::size_t pending = 0;    // bytes that wait for this consumer
        std::size_t message = 0;    // bytes of the message to be queued
        std::size_t limit = 0;      // of pending bytes at present
        std::size_t max_frame = 0;  // the largest frame that the listener writes
        bool memory_tight = false;  // in the exchange's budget
        // The message is for a queue group and waits only for this member's credit.
        bool waits_for_credit = false;
    };

    struct Decision {
        enum class Action : std::uint8_t { accept, pause, drop_oldest, drop_newest, disconnect };
        Action action = Action::accept;
        std::size_t bytes = 0;         // drop_oldest: to be freed
        broker::SendFault fault{};     // drop_newest
        bool consumer_is_slow = true;  // drop_newest: false if the reason is another
    };

    // At how many pending bytes publishers to a subscription with this policy are paused; 0: never.
    static std::size_t blocks_at(v1::SlowPolicy policy, const SlowConsumerOptions& options);

    // `options` outlives this.
    explicit SlowConsumerPolicy(const SlowConsumerOptions& options) : options_(options) {}

    // `policy`: of the subscription; unspecified: the listener's. `pause`: accept the message if
    // the publisher can be paused, else ask decide_unpaused().
    [[nodiscard]] Decision decide(const Load& load, v1::SlowPolicy policy) const {
        return decide(load, policy, !block_expired_);
    }

    [[nodiscard]] Decision decide_unpaused(const Load& load, v1::SlowPolicy policy) const {
        return decide(load, policy, false);
    }

    // --- messages that wait for too long --------------------------------------------------------
    // When a backlog whose oldest message came at `oldest` is too old. Nothing while publishers are
    // paused: max_block comes first.
    std::optional<TimePoint> backlog_end(TimePoint oldest) const;
    // drop_oldest or disconnect.
    Decision::Action decide_old_backlog() const;

    // --- paused publishers ----------------------------------------------------------------------
    bool is_blocking() const { return block_ != nullptr; }

    std::size_t paused_publishers() const { return block_ ? block_->publishers.size() : 0; }

    bool has_paused(broker::ClientId publisher) const {
        return block_ && block_->publishers.contains(publisher);
    }

    // The publisher was paused for this consumer. Returns true if it is the first.
    bool add_paused(broker::ClientId publisher, TimePoint now);
    // When they must be resumed. Nothing if none is paused.
    std::optional<TimePoint> block_end() const;

    // While publishers are paused.
    TimePoint::duration blocked_for(TimePoint now) const { return now - block_->since; }

    // The consumer has caught up with half of the limit: paused publishers may go on.
    static bool has_caught_up(std::size_t pending, std::size_t limit) {
        return pending <= limit / 2;
    }

    // Returns the publishers to be resumed.
    std::vector<broker::ClientId> release();
    // The same at block_end(): until the consumer has caught up, no publisher is paused for it.
    std::vector<broker::ClientId> expire();

private:
    // The paused publishers: at least one.
    struct Block {
        TimePoint since;
        std::set<broker::ClientId> publishers;
    };

    std::vector<broker::ClientId> take_paused();
    Decision decide(const Load& load, v1::SlowPolicy policy, bool may_pause) const;

    const SlowConsumerOptions& options_;
    std::unique_ptr<Block> block_;  // null: no publisher is paused
    bool block_expired_ = false;
};

}  // namespace telex::server

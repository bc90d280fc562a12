#pragma once
// The facts about one consumer of the simulation, across restarts, and the promises that each of
// its outputs must keep.
#include "streams/consumer_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace telex::streams::test {

// A record as the publisher made it.
struct Content {
    std::string subject;
    std::uint64_t key = 0;
};

class ConsumerOracle {
public:
    // A record that a member holds, or that failed and comes again.
    struct Held {
        MemberId member = kNoMember;
        std::uint64_t key = 0;
        std::uint32_t attempt = 0;
        bool failed = false;
        TimePoint until{};  // before, it must not be delivered again
    };

    explicit ConsumerOracle(const ConsumerOptions& options) : options_(options) {}

    void pulled(MemberId member, std::uint32_t credit) { credit_[member] += credit; }

    void ended(const EndedPull& end) {
        EXPECT_GE(credit_[end.member], end.unused);
        credit_[end.member] -= end.unused;
    }

    void left(MemberId member, TimePoint now) {
        credit_.erase(member);
        for (auto& [sequence, held] : held_) {
            if (held.member == member && !held.failed) {
                held.failed = true;
                held.until = now;
            }
        }
    }

    void failed(Sequence sequence, TimePoint until) {
        held_[sequence].failed = true;
        held_[sequence].until = until;
    }

    void extended(Sequence sequence, TimePoint now) {
        held_[sequence].until = now + wait(sequence);
    }

    void delivered(
        Sequence sequence, const Content& content, const Delivery& delivery, TimePoint now
    ) {
        SCOPED_TRACE("delivery of " + std::to_string(sequence));
        EXPECT_GT(credit_[delivery.member], 0U) << "without credit";
        --credit_[delivery.member];
        EXPECT_FALSE(settled_.contains(sequence)) << "of a settled record";
        EXPECT_TRUE(delivery.redelivered || !ever_.contains(sequence)) << "duplicate without flag";
        const auto held = held_.find(sequence);
        if (held != held_.end()) {
            EXPECT_EQ(delivery.attempt, held->second.attempt + 1);
            EXPECT_TRUE(delivery.redelivered);
            EXPECT_GE(now, held->second.until) << "too early";
        } else {
            EXPECT_TRUE(delivery.attempt == 1 || delivery.redelivered);
        }
        EXPECT_LE(delivery.attempt, options_.max_deliveries.value_or(delivery.attempt));
        ever_.insert(sequence);
        if (options_.ack == AckPolicy::none) {
            settled_.insert(sequence);
            return;
        }
        if (options_.key_affinity) {
            check_key(sequence, content.key, delivery.member, now);
        }
        held_[sequence] = {delivery.member, content.key, delivery.attempt};
        held_[sequence].until = now + wait(sequence);
    }

    void settled(Sequence sequence) {
        EXPECT_TRUE(settled_.insert(sequence).second || restarted_) << sequence;
        held_.erase(sequence);
    }

    void snapshot_taken() { in_snapshot_ = settled_; }

    void snapshot_stored() { stored_ = in_snapshot_; }

    // Acknowledgements since the last stored snapshot are lost.
    void restart() {
        settled_ = stored_;
        held_.clear();
        credit_.clear();
        restarted_ = true;
    }

    const std::map<Sequence, Held>& held() const { return held_; }

    const std::set<Sequence>& ever_delivered() const { return ever_; }

    bool is_settled(Sequence sequence) const { return settled_.contains(sequence); }

private:
    Duration wait(Sequence sequence) const {
        const std::uint32_t attempt = held_.at(sequence).attempt;
        const auto& back_off = options_.back_off;
        return back_off.empty() ? options_.ack_wait
                                : back_off[std::min<std::size_t>(attempt, back_off.size()) - 1];
    }

    // One member has the key, and an earlier record of it is not left behind.
    void check_key(Sequence sequence, std::uint64_t key, MemberId member, TimePoint now) const {
        std::uint32_t others = 0;
        for (const auto& [other, held] : held_) {
            if (other == sequence || held.key != key) {
                continue;
            }
            const bool holds = !held.failed && now < held.until;
            // Deadlines are rounded up.
            const bool may_hold = !held.failed && now < held.until + wait(other) / 32;
            EXPECT_TRUE(may_hold || other > sequence) << "before " << other << " of the same key";
            if (holds) {
                ++others;
                EXPECT_EQ(held.member, member) << "two members have one key";
            }
        }
        EXPECT_LT(others, options_.max_in_flight_per_key);
    }

    const ConsumerOptions& options_;
    std::map<MemberId, std::uint64_t> credit_;
    std::map<Sequence, Held> held_;
    std::set<Sequence> ever_;  // delivered, before or after any restart
    std::set<Sequence> settled_;
    std::set<Sequence> in_snapshot_;
    std::set<Sequence> stored_;
    bool restarted_ = false;
};

}  // namespace telex::streams::test

#pragma once
// One budget for everything that clients make the daemon keep in memory.
//
// Queues come and go. Subscriptions stay, so they may take half of the budget at most: the other
// half is left for messages.
//
// Each shard keeps an account that it alone writes to per message; the account settles with the
// shared total once per turn, so the data path never touches a shared cache line. Between two
// settlements the total may lag by what one turn can queue.
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace telex::exchange {

class MemoryBudget {
public:
    explicit MemoryBudget(std::size_t limit_bytes) : limit_(limit_bytes) {}

    std::size_t limit() const { return limit_; }

    std::size_t used() const {
        const auto used = used_.load(std::memory_order_relaxed);
        return used > 0 ? static_cast<std::size_t>(used) : 0;
    }

    // Of it, what subscriptions take; and its limit.
    std::size_t standing() const {
        const auto standing = standing_.load(std::memory_order_relaxed);
        return standing > 0 ? static_cast<std::size_t>(standing) : 0;
    }

    std::size_t standing_limit() const { return limit_ / 2; }

    // Returns the maximum use since the last call. One caller, on any thread.
    std::size_t take_peak() {
        const auto peak = peak_.exchange(used_.load(std::memory_order_relaxed));
        return peak > 0 ? static_cast<std::size_t>(peak) : 0;
    }

    // From here on publishers to a consumer that has a backlog are slowed down.
    bool tight() const { return used() > limit_ - limit_ / 4; }

    // Above this limit the connections with the largest queues are closed.
    bool exceeded() const { return used() > limit_; }

private:
    friend class BudgetAccount;
    std::size_t limit_;

    void add(std::int64_t bytes) {
        const auto now = used_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
        if (now > peak_.load(std::memory_order_relaxed)) {
            peak_.store(now, std::memory_order_relaxed);
        }
    }

    alignas(64) std::atomic<std::int64_t> used_{0};
    std::atomic<std::int64_t> peak_{0};
    std::atomic<std::int64_t> standing_{0};
};

// A shard's account. Touched by the shard's thread only.
class BudgetAccount {
public:
    explicit BudgetAccount(MemoryBudget& budget) : budget_(budget) {}

    ~BudgetAccount() {
        budget_.used_.fetch_sub(settled_, std::memory_order_relaxed);
        budget_.standing_.fetch_sub(settled_standing_, std::memory_order_relaxed);
    }

    BudgetAccount(const BudgetAccount&) = delete;
    BudgetAccount& operator=(const BudgetAccount&) = delete;

    void charge(std::size_t bytes) { held_ += static_cast<std::int64_t>(bytes); }

    void release(std::size_t bytes) { held_ -= static_cast<std::int64_t>(bytes); }

    // For subscriptions.
    void charge_standing(std::size_t bytes) {
        charge(bytes);
        standing_ += static_cast<std::int64_t>(bytes);
        settle_growth();
    }

    void release_standing(std::size_t bytes) {
        release(bytes);
        standing_ -= static_cast<std::int64_t>(bytes);
    }

    // The memory left for subscriptions of all clients, as far as this shard knows.
    std::size_t standing_left() const {
        const std::int64_t taken =
            budget_.standing_.load(std::memory_order_relaxed) + standing_ - settled_standing_;
        const auto limit = static_cast<std::int64_t>(budget_.standing_limit());
        return taken < limit ? static_cast<std::size_t>(limit - taken) : 0;
    }

    std::size_t held() const { return held_ > 0 ? static_cast<std::size_t>(held_) : 0; }

    std::size_t standing() const { return standing_ > 0 ? static_cast<std::size_t>(standing_) : 0; }

    const MemoryBudget& budget() const { return budget_; }

    // Both as of the last settlement.
    bool tight() const { return tight_; }

    bool exceeded() const { return exceeded_; }

    // Once per turn.
    void settle() {
        if (held_ != settled_) {
            budget_.add(held_ - settled_);
            settled_ = held_;
        }
        if (standing_ != settled_standing_) {
            budget_.standing_.fetch_add(standing_ - settled_standing_, std::memory_order_relaxed);
            settled_standing_ = standing_;
        }
        tight_ = budget_.tight();
        exceeded_ = budget_.exceeded();
    }

    // Within a turn: what has grown much must be known to all before it grows further.
    void settle_growth() {
        if (held_ - settled_ >= kMuch) {
            settle();
        }
    }

private:
    static constexpr std::int64_t kMuch = 256 << 10;

    MemoryBudget& budget_;
    std::int64_t held_ = 0;
    std::int64_t settled_ = 0;
    std::int64_t standing_ = 0;  // of held_
    std::int64_t settled_standing_ = 0;
    bool tight_ = false;
    bool exceeded_ = false;
};

}  // namespace telex::exchange

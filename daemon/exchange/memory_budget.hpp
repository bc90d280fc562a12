#pragma once
// One budget for everything that is queued in the daemon's memory.
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

    // The most that was used since the last call. One caller, on any thread.
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
};

// A shard's account. Touched by the shard's thread only.
class BudgetAccount {
public:
    explicit BudgetAccount(MemoryBudget& budget) : budget_(budget) {}

    ~BudgetAccount() { budget_.used_.fetch_sub(settled_, std::memory_order_relaxed); }

    BudgetAccount(const BudgetAccount&) = delete;
    BudgetAccount& operator=(const BudgetAccount&) = delete;

    void charge(std::size_t bytes) { held_ += static_cast<std::int64_t>(bytes); }

    void release(std::size_t bytes) { held_ -= static_cast<std::int64_t>(bytes); }

    std::size_t held() const { return held_ > 0 ? static_cast<std::size_t>(held_) : 0; }

    const MemoryBudget& budget() const { return budget_; }

    // As of the last settlement.
    bool tight() const { return tight_; }

    // Once per turn.
    void settle() {
        if (held_ != settled_) {
            budget_.add(held_ - settled_);
            settled_ = held_;
        }
        tight_ = budget_.tight();
    }

private:
    MemoryBudget& budget_;
    std::int64_t held_ = 0;
    std::int64_t settled_ = 0;
    bool tight_ = false;
};

}  // namespace telex::exchange

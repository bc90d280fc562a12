#pragma once
// How many bytes each other reactor may have under way to this one.
//
// When a consumer with the policy `block` pauses its publishers, messages that are under way still
// come, and the consumer takes them beyond its limit. So the window is not larger than the smallest
// limit of such a consumer here.
//
// Owner: the target's shard, which changes it on its thread. Any thread may read bytes().
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <map>

namespace telex::exchange {

class ForwardWindow {
public:
    static constexpr std::size_t kMost = 8U << 20U;
    // A smaller one would cost a round trip between the reactors for every few messages.
    static constexpr std::size_t kLeast = 64U << 10U;

    std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

    // A subscription begins whose client blocks its publishers at `limit` pending bytes. 0: at
    // none.
    void add(std::size_t limit) {
        if (limit != 0) {
            ++limits_[limit];
            update();
        }
    }

    // It ends.
    void remove(std::size_t limit) {
        const auto found = limits_.find(limit);
        if (found != limits_.end() && --found->second == 0) {
            limits_.erase(found);
            update();
        }
    }

private:
    void update() {
        const std::size_t smallest = limits_.empty() ? kMost : limits_.begin()->first;
        bytes_.store(std::clamp(smallest, kLeast, kMost), std::memory_order_relaxed);
    }

    std::map<std::size_t, std::size_t> limits_;  // and the number of subscriptions of each
    std::atomic<std::size_t> bytes_{kMost};
};

}  // namespace telex::exchange

#pragma once
// Calls that wait for a condition of the shared state: flushes, confirmations of subscriptions,
// drains. No clock, no lock: the owner passes the time and guards the list.
#include "base/time.hpp"
#include "client/deadlines.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace telex::client {

struct Wait {
    std::function<bool()> condition;  // called under the owner's lock
    TimePoint deadline;
    // Called exactly once, on the I/O thread, without a lock. It has to look at the state again.
    std::function<void()> done;
};

class Waits {
public:
    bool empty() const { return waits_.empty(); }

    void add(Wait wait) { waits_.push_back(std::move(wait)); }

    // Removes the waits whose condition holds or whose deadline has passed, in order.
    std::vector<Wait> take_ended(TimePoint now) {
        const auto ended =
            std::stable_partition(waits_.begin(), waits_.end(), [&](const Wait& wait) {
                return wait.deadline > now && !wait.condition();
            });
        std::vector<Wait> taken(
            std::make_move_iterator(ended), std::make_move_iterator(waits_.end())
        );
        waits_.erase(ended, waits_.end());
        return taken;
    }

    std::vector<Wait> take_all() { return std::exchange(waits_, {}); }

    std::optional<TimePoint> next_deadline() const {
        std::optional<TimePoint> next;
        for (const Wait& wait : waits_) {
            next = earlier(next, wait.deadline);
        }
        return next;
    }

private:
    std::vector<Wait> waits_;
};

}  // namespace telex::client

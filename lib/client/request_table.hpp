#pragma once
// The pending requests, by id and by deadline. No clock, no lock: the owner passes the time and
// guards the table.
#include "base/time.hpp"
#include <telex/error.hpp>
#include <telex/message.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace telex::client {

// Called exactly once, on the I/O thread, without a lock.
using Completion = std::function<void(Expected<Message>)>;

class RequestTable {
public:
    std::size_t size() const { return pending_.size(); }

    // Returns the id of the new request, never zero.
    std::uint64_t add(TimePoint deadline, Completion completion) {
        const std::uint64_t id = ++last_id_;
        pending_.emplace(id, Pending{deadline, std::move(completion)});
        deadlines_.emplace(deadline, id);
        return id;
    }

    // Returns null if the request is unknown: it was completed or has timed out.
    Completion take(std::uint64_t id) {
        const auto found = pending_.find(id);
        if (found == pending_.end()) {
            return nullptr;
        }
        Completion completion = std::move(found->second.completion);
        deadlines_.erase({found->second.deadline, id});
        pending_.erase(found);
        return completion;
    }

    // Removes the requests whose deadline has passed, the earliest first.
    std::vector<Completion> take_expired(TimePoint now) {
        std::vector<Completion> expired;
        while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
            expired.push_back(take(deadlines_.begin()->second));
        }
        return expired;
    }

    std::vector<Completion> take_all() { return take_expired(TimePoint::max()); }

    std::optional<TimePoint> next_deadline() const {
        return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
    }

private:
    struct Pending {
        TimePoint deadline;
        Completion completion;
    };

    std::uint64_t last_id_ = 0;
    std::unordered_map<std::uint64_t, Pending> pending_;
    std::set<std::pair<TimePoint, std::uint64_t>> deadlines_;
};

}  // namespace telex::client

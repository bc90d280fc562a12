#pragma once
// The requests that one client has received, alone, and not replied to: they fail when it leaves.
//
// Bounded: of a client that does not reply the oldest are forgotten, and end with their time-outs.
// A request may end without its responder, so some may be of the past; reply addresses are not
// reused.
#include "base/rare_ring.hpp"
#include "router/reply_subject.hpp"

#include <cstddef>
#include <vector>

namespace telex::exchange {

class PendingReplies {
public:
    static constexpr std::size_t kMost = 1'024;

    std::size_t size() const { return requests_.size(); }

    // Returns false if it took the place of the oldest one.
    [[nodiscard]] bool add(const router::ReplyAddress& request) {
        const bool full = size() == kMost;
        if (full) {
            requests_.pop_front();
        }
        requests_.push_back(request);
        return !full;
    }

    // The client has replied. Returns false if the request is unknown.
    [[nodiscard]] bool remove(const router::ReplyAddress& request) {
        for (std::size_t i = 0; i < size(); ++i) {
            if (requests_[i] == request) {
                requests_.erase(i);
                if (requests_.empty() && requests_.memory() > kKept) {
                    requests_.clear();
                }
                return true;
            }
        }
        return false;
    }

    std::vector<router::ReplyAddress> take_all() {
        std::vector<router::ReplyAddress> all;
        all.reserve(size());
        for (std::size_t i = 0; i < size(); ++i) {
            all.push_back(requests_[i]);
        }
        requests_.clear();
        return all;
    }

private:
    // Bytes that are not worth freeing.
    static constexpr std::size_t kKept = 512;

    RareRing<router::ReplyAddress> requests_;
};

}  // namespace telex::exchange

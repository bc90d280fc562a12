#pragma once
// Outcomes of messages of consumers that wait to be sent. Those of consecutive sequences are
// joined: they travel as one frame. Only consecutive ones: between others, a message may be under
// way whose outcome is not known yet.
//
// Not synchronised: guarded by the owner's lock.
#include "client/outgoing.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace telex::client {

class OutcomeBatch {
public:
    // `outcome`: of one message; its `last` is its `first`.
    void add(const AcknowledgeFrame& outcome) {
        if (!outcomes_.empty() && continues(outcomes_.back(), outcome)) {
            outcomes_.back().last = outcome.last;
        } else {
            outcomes_.push_back(outcome);
        }
    }

    // Appends the frames and forgets them.
    void move_to(std::string& out) {
        for (const AcknowledgeFrame& outcome : outcomes_) {
            append_acknowledge(out, outcome);
        }
        outcomes_.clear();
    }

    // Their connection is lost.
    void clear() { outcomes_.clear(); }

private:
    static bool continues(const AcknowledgeFrame& first, const AcknowledgeFrame& second) {
        return first.subscription == second.subscription && first.outcome == second.outcome &&
               first.delay_ms == second.delay_ms && second.first == first.last + 1;
    }

    std::vector<AcknowledgeFrame> outcomes_;
};

}  // namespace telex::client

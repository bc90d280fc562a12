#pragma once
// Work of a turn that an object asks for by registering itself, at most once at a time.
#include <cstdint>

namespace telex::reactor {

class TurnWork {
public:
    virtual ~TurnWork() = default;
    virtual void run_turn_work() = 0;

    // Returns true if it is scheduled.
    bool queued() const { return queued_; }

private:
    friend class Reactor;
    friend class ReadyQueue;
    bool queued_ = false;
    // Notes of the ready queue about work beyond the share.
    std::uint64_t next_round_ = 0;
    std::uint64_t debt_ = 0;
};

}  // namespace telex::reactor

#pragma once
// Work of a turn that an object asks for by registering itself, at most once at a time.
#include <cstdint>

namespace telex::reactor {

class TurnWork {
public:
    // The level of its first slice.
    enum class Level : std::uint8_t { light, busy };

    TurnWork() = default;

    explicit TurnWork(Level level) : busy_(level == Level::busy) {}

    virtual ~TurnWork() = default;
    virtual void run_turn_work() = 0;

    // Returns true if it is scheduled.
    bool queued() const { return queued_; }

private:
    friend class Reactor;
    friend class ReadyQueue;
    bool queued_ = false;
    // Notes of the ready queue.
    bool busy_ = false;       // its last slice had much work
    std::uint32_t debt_ = 0;  // work beyond its slices
};

}  // namespace telex::reactor

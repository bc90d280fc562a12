#pragma once
// Connections and sockets that are ready, in order: deficit round robin, by work.
//
//   push -> run_round: each that waits runs once, for a slice -> push again if there is more
//
// A round has a fixed amount of work, divided among those that wait. A slice ends when its share is
// spent (WorkMeter::slice_is_over), but one step is never interrupted: it may exceed the share. The
// excess is a debt: it is taken from the next share, and for each whole share of it the debtor is
// left out of a round. So in the long run each gets its share while others wait, and a newcomer
// waits for at most one slice of each of those before it.
//
// Owner: a reactor. One thread. No I/O, no clock.
#include "reactor/turn_work.hpp"
#include "reactor/work_meter.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::reactor {

class ReadyQueue {
public:
    // Of one round, if the shares are not at their minimum: about 0.7 ms.
    static constexpr std::uint64_t kRoundWork = 65'536;
    // A round ends after this work, which many at their minimum share or large steps can reach.
    // Those that were not served are the first of the next round.
    static constexpr std::uint64_t kMaxRoundWork = 2 * kRoundWork;
    // A share is never larger, so that a newcomer need not wait longer.
    static constexpr std::uint64_t kMaxShare = 32'768;
    // Nor is it smaller: a read must be worth its system call.
    static constexpr std::uint64_t kMinShare = 1'024;

    // `meter` outlives it.
    explicit ReadyQueue(WorkMeter& meter) : meter_(meter) {}

    bool empty() const { return waiting_.empty(); }

    // At the end. The work must not be queued.
    void push(TurnWork& work);
    // Takes the work off, also while it runs: it may then be destroyed.
    void forget(TurnWork& work);
    // Runs those that wait now, once each.
    void run_round();

    // The share of each if `count` wait.
    static std::uint64_t share_of(std::size_t count);

    // --- figures ------------------------------------------------------------------------------
    // Slices that exceeded their share by a whole share or more.
    std::uint64_t overdrafts() const { return overdrafts_; }

    std::uint64_t largest_slice() const { return largest_slice_; }

private:
    // Returns true if it was its turn.
    bool serve(TurnWork& work, std::uint64_t share);
    void note_slice(TurnWork& work, std::uint64_t excess, std::uint64_t share);
    void skip_to_first_due();

    WorkMeter& meter_;
    std::uint64_t round_ = 0;
    std::vector<TurnWork*> waiting_;
    std::vector<TurnWork*> running_;  // of this round
    TurnWork* current_ = nullptr;     // runs now
    std::uint64_t overdrafts_ = 0;
    std::uint64_t largest_slice_ = 0;
};

}  // namespace telex::reactor

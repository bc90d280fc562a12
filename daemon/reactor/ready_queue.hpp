#pragma once
// Connections and sockets that are ready, in order: two levels, the second by deficit round robin.
//
//   push -> run_light, run_busy: each that waits runs for a slice -> push again if there is more
//
// A connection whose last slice had kSlice of work or more is *busy*, all others are *light*. Light
// ones come first. That is a multi-level feedback queue (Corbato, Daggett, Daley: An Experimental
// Time-Sharing System, 1962) with two levels: a client that asks little waits for one slice,
// however busy its neighbours are. Where there are such clients, slices are short.
//
// A slice ends when its work is done (WorkMeter::slice_is_over), but one step is never interrupted:
// it may exceed the slice. The excess is a debt: it is taken from the next slices. So in the long
// run all that are busy get equal shares.
//
// Owner: a reactor. One thread. No I/O, no clock.
#include "base/ring.hpp"
#include "reactor/turn_work.hpp"
#include "reactor/work_meter.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::reactor {

class ReadyQueue {
public:
    // Of a short slice: about 40 us. After it others can go first, and its owner comes again if
    // no other waits.
    static constexpr std::uint64_t kSlice = 4'096;
    // Not smaller if many wait: a read must be worth its system call.
    static constexpr std::uint64_t kMinSlice = 1'024;
    // Of a long slice, and of one turn for one that is busy: what it causes is written once for a
    // turn.
    static constexpr std::uint64_t kMaxShare = 49'152;
    // Of one turn for all that are busy: about 1 ms.
    static constexpr std::uint64_t kRoundWork = 98'304;

    // `meter` outlives it.
    explicit ReadyQueue(WorkMeter& meter) : meter_(meter) {}

    bool empty() const { return light_.empty() && busy_.empty(); }

    bool has_light() const { return !light_.empty(); }

    bool has_busy() const { return !busy_.empty(); }

    // From now on. Long ones spare a busy connection that it stops within a read.
    void make_slices_short(bool make_short) { slice_ = make_short ? kSlice : kMaxShare; }

    // At the end. The work must not be queued.
    void push(TurnWork& work);
    // Takes the work off, also while it runs: it may then be destroyed.
    void forget(TurnWork& work);

    // Runs the light ones that wait now, once each, but for kRoundWork at most: the others are the
    // first next time.
    void run_light();

    // Runs the busy ones in turn, for kMaxShare each but kRoundWork at most. `give_way()` is called
    // after each slice and may call run_light.
    template <class GiveWay>
    void run_busy(GiveWay give_way) {
        const std::uint64_t end = meter_.total() + work_of_round(busy_.size());
        bool served = false;
        // Debtors are passed over, and pay by it.
        for (std::size_t passed = 0; passed < busy_.size() && meter_.total() < end;) {
            if (serve_first(busy_)) {
                served = true;
                passed = 0;
                give_way();
            } else {
                ++passed;
            }
        }
        if (!served && !light_served_) {
            forgive();
        }
        light_served_ = false;
    }

    // The slice of each if `count` wait.
    std::uint64_t slice_of(std::size_t count) const;
    // How much the busy ones may do in a turn if `count` wait.
    static std::uint64_t work_of_round(std::size_t count);

    // --- figures ------------------------------------------------------------------------------
    // Slices that exceeded their end by kMaxShare or more.
    std::uint64_t overdrafts() const { return overdrafts_; }

    std::uint64_t largest_slice() const { return largest_slice_; }

private:
    // Returns false if the first has debts.
    bool serve_first(Ring<TurnWork*>& list);
    void run(TurnWork& work, std::uint64_t slice);
    // The slice that runs had the work of a short one.
    bool has_worked_much() const;
    // Only debtors wait: no other connection had to wait for them.
    void forgive();

    WorkMeter& meter_;
    std::uint64_t slice_ = kMaxShare;
    Ring<TurnWork*> light_;
    Ring<TurnWork*> busy_;
    TurnWork* current_ = nullptr;  // runs now
    bool light_served_ = false;    // since the last run_busy
    std::uint64_t overdrafts_ = 0;
    std::uint64_t largest_slice_ = 0;
};

}  // namespace telex::reactor

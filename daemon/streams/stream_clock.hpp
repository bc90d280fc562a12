#pragma once
// The time of streams: the time of day, without its jumps.
//
// A wrong time of day is common: a machine without a battery starts in 1970 and is corrected a
// minute later, an operator mistypes a date. Three rules keep streams safe:
//
//   - The time never goes back. If the time of day was set back, this clock goes on at half speed
//     until both are equal.
//   - A jump forward of more than a minute is believed once it has lasted ten minutes by the steady
//     clock. Until then this clock goes on from before the jump.
//   - After a start, records are stamped with the time of day, because there is nothing else to
//     compare it with. But nothing expires by the time that passed while the daemon was stopped
//     until ten minutes after the start. `expiry` is that careful time.
//
// So a wrong clock that is corrected within ten minutes removes nothing. One that stays wrong is
// believed: ages are then what the operator's clock says.
#include "base/time.hpp"
#include "streams/sequence.hpp"

#include <optional>

namespace telex::streams {

struct StreamTimes {
    Time now;     // for records: not before any earlier result
    Time expiry;  // for ages: not after `now`
};

// Owner: the storage thread. One thread. One clock for all streams.
class StreamClock {
public:
    static constexpr Duration kBelievedJump = std::chrono::minutes(1);
    static constexpr Duration kGrace = std::chrono::minutes(10);

    // `newest`: the largest time of a stored record; absent if there are no records.
    explicit StreamClock(std::optional<Time> newest) : newest_(newest) {}

    // `wall`: time of day; `steady`: not before that of an earlier call.
    StreamTimes read(Time wall, TimePoint steady);

private:
    StreamTimes start(Time wall, TimePoint steady);

    std::optional<Time> newest_;
    bool started_ = false;
    TimePoint steady_{};
    Time now_{};
    Time expiry_{};
    std::optional<TimePoint> jumped_;   // since when the time of day is ahead of now_
    Duration jump_{};                   // its size
    std::optional<TimePoint> careful_;  // until when expiry_ is behind now_
};

}  // namespace telex::streams

#pragma once
// The figures of the past in steps of one length, in a ring that is allocated once: the newest
// steps replace the oldest ones.
//
// Steps are counted from the first sample, by the steady clock: setting the host's clock moves
// nothing. A step without a sample stays without figures, and so does the next one, because its
// rates would be means over both.
//
// Sans-IO. Thread: one at a time.
#include "admin/history_figures.hpp"
#include "base/time.hpp"
#include "telex/v1/history.pb.h"
#include "telex/v1/sys.pb.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace telex::admin {

class HistoryRing {
public:
    struct Point {
        std::uint32_t step = 0;  // 0: never written, as no sample comes before the first step
        HistoryFigures figures;
    };

    // Keeps `points` steps.
    HistoryRing(std::chrono::seconds step, std::size_t points);

    // A sample: the counters since the start, and the current levels. May come more often than the
    // steps.
    void add(TimePoint now, const v1::ServerStats& stats);

    // Fills the lists with the steps that ended within `range`, and `step_seconds`. Returns the end
    // of the last step, or nothing if there is none yet.
    std::optional<TimePoint> describe(TimePoint now, std::chrono::seconds range, v1::History& to)
        const;

private:
    struct Sample {
        std::uint32_t step = 0;
        TimePoint taken;
        v1::ServerStats stats;
    };

    std::uint32_t step_at(TimePoint when) const;

    TimePoint end_of(std::uint32_t step) const { return first_ + step * step_; }

    // Returns no figures if the step had no sample, or has been replaced.
    HistoryFigures figures_of(std::uint32_t step) const;
    // The first step that the ring can still have, and that lies in the range.
    std::uint32_t oldest(std::uint32_t newest, std::chrono::seconds range) const;

    const std::chrono::seconds step_;
    std::vector<Point> points_;
    TimePoint first_;
    std::optional<Sample> before_;
};

}  // namespace telex::admin

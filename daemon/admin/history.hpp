#pragma once
// The figures of the last 24 hours, for charts: steps of 5 seconds for an hour, of a minute for a
// day (docs/operations.md). In memory, of a fixed size.
//
// Sans-IO. Thread: one at a time; the application's.
#include "admin/history_ring.hpp"
#include "base/time.hpp"
#include "telex/v1/history.pb.h"
#include "telex/v1/sys.pb.h"

#include <chrono>
#include <cstddef>

namespace telex::admin {

class History {
public:
    static constexpr std::chrono::seconds kFineStep{5};
    static constexpr std::chrono::seconds kFineRange{std::chrono::hours(1)};
    static constexpr std::chrono::seconds kCoarseStep{std::chrono::minutes(1)};
    static constexpr std::chrono::seconds kCoarseRange{std::chrono::hours(24)};
    // Of the points; beside them it keeps two samples.
    static constexpr std::size_t kBytes =
        (kFineRange / kFineStep + kCoarseRange / kCoarseStep) * sizeof(HistoryRing::Point);

    // A sample of the statistics, every kFineStep.
    void add(TimePoint now, const v1::ServerStats& stats);

    // `now` is one moment of two clocks.
    v1::History describe(
        const v1::GetHistory& query, TimePoint now, std::chrono::system_clock::time_point unix_now
    ) const;

private:
    HistoryRing fine_{kFineStep, kFineRange / kFineStep};
    HistoryRing coarse_{kCoarseStep, kCoarseRange / kCoarseStep};
};

}  // namespace telex::admin

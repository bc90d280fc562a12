#include "admin/history.hpp"

namespace telex::admin {

namespace {

std::chrono::seconds range_of(v1::GetHistory::Range range) {
    switch (range) {
        case v1::GetHistory::LAST_15_MINUTES:
            return std::chrono::minutes(15);
        case v1::GetHistory::LAST_HOUR:
            return std::chrono::hours(1);
        case v1::GetHistory::LAST_6_HOURS:
            return std::chrono::hours(6);
        case v1::GetHistory::LAST_24_HOURS:
            return std::chrono::hours(24);
        default:
            return std::chrono::minutes(5);
    }
}

}  // namespace

void History::add(TimePoint now, const v1::ServerStats& stats) {
    fine_.add(now, stats);
    coarse_.add(now, stats);
}

v1::History History::describe(
    const v1::GetHistory& query, TimePoint now, std::chrono::system_clock::time_point unix_now
) const {
    using std::chrono::nanoseconds;
    const auto range = range_of(query.range());
    const HistoryRing& ring = range <= kFineRange ? fine_ : coarse_;
    v1::History history;
    if (const auto end = ring.describe(now, range, history)) {
        const auto unix_end = unix_now.time_since_epoch() - (now - *end);
        history.set_end_unix_nanoseconds(std::chrono::duration_cast<nanoseconds>(unix_end).count());
    }
    return history;
}

}  // namespace telex::admin

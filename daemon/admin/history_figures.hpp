#pragma once
// The figures of one step of the history: the difference between two samples of the statistics.
#include "telex/v1/history.pb.h"
#include "telex/v1/sys.pb.h"

#include <chrono>
#include <limits>

namespace telex::admin {

// As the lists of v1::History, which explains them. Single precision, because thousands are kept.
struct HistoryFigures {
    static constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

    float received_messages = kNone;
    float delivered_messages = kNone;
    float dropped_messages = kNone;
    float received_bytes = kNone;
    float sent_bytes = kNone;
    float connections = kNone;
    float pending_bytes = kNone;
    float request_median_seconds = kNone;
    float request_p99_seconds = kNone;
    float reactor_load_mean = kNone;
    float reactor_load_max = kNone;
};

HistoryFigures figures_between(
    const v1::ServerStats& before,
    const v1::ServerStats& after,
    std::chrono::duration<double> between
);

// Appends each figure to its list.
void add_figures(v1::History& to, const HistoryFigures& figures);

}  // namespace telex::admin

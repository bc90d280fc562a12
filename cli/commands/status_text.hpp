#pragma once
// Formats $SYS.info and $SYS.stats.
#include "telex/v1/sys.pb.h"

#include <chrono>
#include <string>

namespace telex::cli {

// Several lines. `now` is the time of the reply by the clock of the exchange's host, for the
// uptime.
std::string status_text(
    const v1::ServerInfo& info, const v1::ServerStats& stats, std::chrono::nanoseconds now
);

// One line: {"info": ..., "stats": ...} in protobuf's JSON mapping, with zeros.
std::string status_json(const v1::ServerInfo& info, const v1::ServerStats& stats);

}  // namespace telex::cli

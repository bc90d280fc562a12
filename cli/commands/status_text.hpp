#pragma once
// What an exchange says of itself ($SYS.info and $SYS.stats), for people and for programs.
#include "telex/v1/sys.pb.h"

#include <chrono>
#include <string>

namespace telex::cli {

// Several lines. `now` is the time of the answer by the clock of the exchange's host, from which
// its uptime follows.
std::string status_text(
    const v1::ServerInfo& info, const v1::ServerStats& stats, std::chrono::nanoseconds now
);

// One line: {"info": ..., "stats": ...} in protobuf's JSON mapping, zeros included.
std::string status_json(const v1::ServerInfo& info, const v1::ServerStats& stats);

}  // namespace telex::cli

#pragma once
// The measurement itself: publishers, subscribers, requesters and responders, each with a client of
// its own, all in this process.
#include "cli/bench/options.hpp"
#include "cli/terminal/stop.hpp"

namespace telex::cli {

// Errors are told on standard error and set BenchResult::exit_code.
BenchResult run_bench(const BenchOptions& options, Stop& stop);

}  // namespace telex::cli

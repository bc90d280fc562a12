#pragma once
// Runs the measurement: publishers, subscribers, requesters and responders, each with its own
// client, all in this process.
#include "cli/bench/options.hpp"
#include "cli/terminal/signal_waiter.hpp"

namespace telex::cli {

// Prints errors and sets BenchResult::exit_code.
BenchResult run_bench(const BenchOptions& options, SignalWaiter& signals);

}  // namespace telex::cli

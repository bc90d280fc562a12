#pragma once
// The parameters and the results of `telex bench`.
#include "cli/bench/histogram.hpp"
#include "cli/connection/connection.hpp"
#include "cli/options/common_options.hpp"
#include "cli/publisher/pace.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::cli {

inline constexpr std::string_view kBenchCommand = "bench";

enum class BenchMode : std::uint8_t { pub, sub, pubsub, request };

struct BenchOptions {
    SharedConnection connection;
    std::string name = "pubsub";  // as given: fan-out is pubsub with more subscribers
    BenchMode mode = BenchMode::pubsub;
    std::string subject = "bench.telex";
    std::uint64_t publishers = 1;   // or requesters
    std::uint64_t subscribers = 1;  // or responders
    std::uint64_t outstanding = 1;  // concurrent requests per client
    std::size_t size = 128;
    std::optional<std::uint64_t> count;  // per publisher; sub: per subscriber
    std::optional<Pace> pace;            // of each publisher
    std::chrono::milliseconds duration{5000};
    bool external = false;  // responders are other processes
    Format format = Format::text;

    // At a given rate messages carry the time at which they were due.
    bool measures_delivery() const { return mode == BenchMode::pubsub && pace.has_value(); }
};

struct BenchResult {
    std::uint64_t published = 0;  // or replies received
    double publish_seconds = 0;   // until the exchange has routed the last
    std::uint64_t received = 0;
    double receive_seconds = 0;  // until the last one arrived
    std::uint64_t expected = 0;  // deliveries that `published` should cause
    std::uint64_t dropped_by_client = 0;
    std::uint64_t errors = 0;
    Histogram latency;  // of requests, or of deliveries at a given rate
    double user_seconds = 0;
    double system_seconds = 0;
    bool interrupted = false;
    int exit_code = 0;
};

// Several lines.
std::string bench_text(const BenchOptions& options, const BenchResult& result);
// One line.
std::string bench_json(const BenchOptions& options, const BenchResult& result);

}  // namespace telex::cli

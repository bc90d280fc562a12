#pragma once
// What `telex bench` is asked to measure, and what came out.
#include "cli/bench/histogram.hpp"
#include "cli/connection/connection.hpp"
#include "cli/options/option_types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::cli {

inline constexpr std::string_view kBenchVerb = "bench";

enum class BenchMode : std::uint8_t { pub, sub, pubsub, request };

struct BenchOptions {
    ConnectionOptions connection;
    std::string name = "pubsub";  // as typed: fan-out is pubsub with more subscribers
    BenchMode mode = BenchMode::pubsub;
    std::string subject = "bench.telex";
    std::uint64_t publishers = 1;   // of requests, too
    std::uint64_t subscribers = 1;  // or responders
    std::uint64_t outstanding = 1;  // requests that each client has on their way
    std::size_t size = 128;
    std::optional<std::uint64_t> count;  // per publisher; sub: per subscriber
    std::chrono::milliseconds duration{5000};
    bool external = false;  // requests are answered by others
    Format format = Format::text;
};

struct BenchResult {
    std::uint64_t published = 0;  // or requests answered
    double publish_seconds = 0;   // until the exchange had routed the last
    std::uint64_t received = 0;
    double receive_seconds = 0;  // until the last arrived
    std::uint64_t expected = 0;  // deliveries that `published` should have led to
    std::uint64_t dropped_here = 0;
    std::uint64_t errors = 0;
    Histogram latency;  // of requests
    double user_seconds = 0;
    double system_seconds = 0;
    bool interrupted = false;
    int exit_code = 0;
};

// Several lines for people.
std::string bench_text(const BenchOptions& options, const BenchResult& result);
// One line.
std::string bench_json(const BenchOptions& options, const BenchResult& result);

}  // namespace telex::cli

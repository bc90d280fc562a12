#include "base/units.hpp"
#include "cli/bench/options.hpp"
#include "cli/terminal/json_line.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace telex::cli {
namespace {

constexpr double kMega = 1e6;

constexpr std::array<std::pair<std::string_view, double>, 5> kPercentiles{{
    {"p50", 0.5},
    {"p90", 0.9},
    {"p99", 0.99},
    {"p99.9", 0.999},
    {"p99.99", 0.9999},
}};

double per_second(std::uint64_t messages, double seconds) {
    return seconds > 0 ? static_cast<double>(messages) / seconds : 0;
}

double megabytes_per_second(std::uint64_t messages, std::size_t size, double seconds) {
    return per_second(messages, seconds) * static_cast<double>(size) / kMega;
}

double microseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

std::string rate_line(
    std::string_view what, std::uint64_t messages, std::size_t size, double seconds
) {
    return fmt::format(
        "{:<12}{:>12} in {:.3f} s  {:.0f} msgs/s  {:.1f} MB/s\n",
        what,
        messages,
        seconds,
        per_second(messages, seconds),
        megabytes_per_second(messages, size, seconds)
    );
}

std::string latency_line(const Histogram& latency) {
    std::string line = fmt::format("{:<12}", "latency");
    for (const auto& [name, share] : kPercentiles) {
        fmt::format_to(
            std::back_inserter(line),
            "{} {:.1f} us  ",
            name,
            microseconds(latency.percentile(share))
        );
    }
    return line + fmt::format("max {:.1f} us\n", microseconds(latency.max()));
}

bool receives(BenchMode mode) {
    return mode == BenchMode::sub || mode == BenchMode::pubsub;
}

std::string clients(const BenchOptions& options) {
    const bool is_request = options.mode == BenchMode::request;
    std::string text;
    if (options.mode != BenchMode::sub) {
        text +=
            fmt::format("  {} {}", options.publishers, is_request ? "requesters" : "publishers");
    }
    if (is_request ? !options.external : receives(options.mode)) {
        text +=
            fmt::format("  {} {}", options.subscribers, is_request ? "responders" : "subscribers");
    }
    return text;
}

}  // namespace

std::string bench_text(const BenchOptions& options, const BenchResult& result) {
    std::string text = fmt::format(
        "{}  {}{}  {} payload{}\n",
        options.name,
        options.subject,
        clients(options),
        format_size(options.size),
        result.interrupted ? "  (interrupted)" : ""
    );
    if (options.mode == BenchMode::request) {
        text += rate_line("replies", result.published, options.size, result.publish_seconds);
        text += latency_line(result.latency);
    } else if (options.mode != BenchMode::sub) {
        text += rate_line("published", result.published, options.size, result.publish_seconds);
    }
    if (receives(options.mode)) {
        text += rate_line("received", result.received, options.size, result.receive_seconds);
        text += options.measures_delivery() ? latency_line(result.latency) : "";
    }
    if (options.mode == BenchMode::pubsub) {
        text += fmt::format(
            "{:<12}{:>12} of {} deliveries, {} dropped by this client\n",
            "missing",
            result.expected - std::min(result.expected, result.received),
            result.expected,
            result.dropped_by_client
        );
    }
    text += fmt::format(
        "{:<12}{:.2f} s user, {:.2f} s system\n",
        "tool CPU",
        result.user_seconds,
        result.system_seconds
    );
    if (result.errors != 0) {
        text += fmt::format("{:<12}{:>12}\n", "errors", result.errors);
    }
    return text;
}

std::string bench_json(const BenchOptions& options, const BenchResult& result) {
    nlohmann::ordered_json line{
        {"mode", options.name},
        {"subject", options.subject},
        {"publishers", options.publishers},
        {"subscribers", options.subscribers},
        {"size", options.size},
        {"interrupted", result.interrupted},
        {"errors", result.errors},
        {"userSeconds", result.user_seconds},
        {"systemSeconds", result.system_seconds},
    };
    const auto rate = [&options](std::uint64_t messages, double seconds) {
        return nlohmann::ordered_json{
            {"messages", messages},
            {"seconds", seconds},
            {"messagesPerSecond", per_second(messages, seconds)},
            {"megabytesPerSecond", megabytes_per_second(messages, options.size, seconds)},
        };
    };
    if (options.mode != BenchMode::sub) {
        line[options.mode == BenchMode::request ? "answered" : "published"] =
            rate(result.published, result.publish_seconds);
    }
    if (receives(options.mode)) {
        line["received"] = rate(result.received, result.receive_seconds);
        line["droppedHere"] = result.dropped_by_client;
    }
    if (options.mode == BenchMode::pubsub) {
        line["expected"] = result.expected;
    }
    if (options.mode == BenchMode::request || options.measures_delivery()) {
        for (const auto& [name, share] : kPercentiles) {
            line["latencyMicroseconds"][std::string(name)] =
                microseconds(result.latency.percentile(share));
        }
        line["latencyMicroseconds"]["max"] = microseconds(result.latency.max());
    }
    return json_line(line);
}

}  // namespace telex::cli

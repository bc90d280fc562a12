// Puts one load on one server and prints one line of JSON.
//
//   exchange_load throughput --protocol nats --target 127.0.0.1:4222 --size 128 --messages 1000000
//   exchange_load ping-pong --protocol telex --target unix:/run/telex/telex.sock
//   exchange_load idle --protocol redis --target 127.0.0.1:6379 --subscribers 9000
#include "load.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

namespace {

using namespace telex::bench;

double percentile(const std::vector<double>& sorted, double part) {
    const auto at = static_cast<std::size_t>(part * static_cast<double>(sorted.size()));
    return sorted[std::min(at, sorted.size() - 1)];
}

void print_throughput(const Load& load) {
    const double seconds = run_throughput(load);
    std::printf(
        "{\"deliveries\": %zu, \"seconds\": %.6f, \"per_second\": %.0f}\n",
        deliveries(load),
        seconds,
        static_cast<double>(deliveries(load)) / seconds
    );
}

void print_ping_pong(const Load& load) {
    std::vector<double> took = run_ping_pong(load);
    std::sort(took.begin(), took.end());
    std::printf(
        "{\"round_trips\": %zu, \"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f}\n",
        took.size(),
        percentile(took, 0.5),
        percentile(took, 0.99),
        percentile(took, 0.999)
    );
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Load on a message exchange");
    std::string mode;
    std::string protocol_name = "telex";
    std::string target;
    std::size_t size = 128;
    std::size_t messages = 100'000;
    std::size_t publishers = 1;
    std::size_t subscribers = 1;
    bool pairs = false;
    app.add_option("mode", mode)
        ->required()
        ->check(CLI::IsMember({"throughput", "ping-pong", "idle"}));
    app.add_option("--protocol", protocol_name)
        ->check(CLI::IsMember({"telex", "nats", "redis", "relay"}));
    app.add_option("--target", target, "HOST:PORT or unix:PATH")->required();
    app.add_option("--size", size, "bytes of payload")->check(CLI::PositiveNumber);
    app.add_option("--messages", messages, "of each publisher; round trips")
        ->check(CLI::PositiveNumber);
    app.add_option("--publishers", publishers)->check(CLI::Range(1, 1'000));
    app.add_option("--subscribers", subscribers)->check(CLI::Range(1, 100'000));
    app.add_flag("--pairs", pairs, "a subject for each publisher and its subscriber");
    CLI11_PARSE(app, argc, argv);
    if (pairs && (publishers != subscribers || publishers > 10)) {
        std::fputs("--pairs takes as many subscribers as publishers, up to 10\n", stderr);
        return 2;
    }
    const auto protocol = make_protocol(protocol_name);
    const Load load{*protocol, target, size, messages, publishers, subscribers, pairs};
    if (mode == "throughput") {
        print_throughput(load);
    } else if (mode == "ping-pong") {
        print_ping_pong(load);
    } else {
        hold_idle(load);
    }
    return 0;
}

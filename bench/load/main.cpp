// Runs one load on one server and prints one line of JSON.
//
//   exchange_load throughput --protocol nats --target 127.0.0.1:4222 --size 128 --messages 1000000
//   exchange_load ping-pong --protocol telex --target unix:/run/telex/telex.sock
//   exchange_load beats --target 127.0.0.1:4840 --subscribers 10000 --messages 10
//   exchange_load requests --protocol nats --target 127.0.0.1:4222
//   exchange_load idle --protocol redis --target 127.0.0.1:6379 --subscribers 9000
//   exchange_load flood --target 127.0.0.1:4840 --subjects 1000000 --messages 3000000
//   exchange_load stored --protocol redis --target 127.0.0.1:6379 --window 4096
//   exchange_load datagrams --target 127.0.0.1:514 --size 64 --coalesced
#include "load.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <map>

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

void print_flood(const Load& load) {
    const double seconds = run_flood(load);
    const std::size_t messages = load.messages * load.publishers;
    std::printf(
        "{\"messages\": %zu, \"seconds\": %.6f, \"per_second\": %.0f}\n",
        messages,
        seconds,
        static_cast<double>(messages) / seconds
    );
}

void print_latencies(const char* count, std::vector<double> took) {
    std::sort(took.begin(), took.end());
    std::printf(
        "{\"%s\": %zu, \"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, "
        "\"p999_us\": %.1f}\n",
        count,
        took.size(),
        percentile(took, 0.5),
        percentile(took, 0.9),
        percentile(took, 0.99),
        percentile(took, 0.999)
    );
}

void print_ping_pong(const Load& load) {
    print_latencies("round_trips", run_ping_pong(load));
}

void print_requests(const Load& load) {
    print_latencies("round_trips", run_requests(load));
}

void print_beats(const Load& load) {
    print_latencies("deliveries", run_beats(load));
}

void print_stored(const Load& load) {
    StoredTimes times = run_stored(load);
    const std::size_t messages = load.messages * load.publishers;
    std::sort(times.microseconds.begin(), times.microseconds.end());
    const auto at = [&](double part) {
        return times.microseconds.empty() ? 0 : percentile(times.microseconds, part);
    };
    std::printf(
        "{\"messages\": %zu, \"seconds\": %.6f, \"per_second\": %.0f, \"p50_us\": %.1f, "
        "\"p99_us\": %.1f}\n",
        messages,
        times.seconds,
        static_cast<double>(messages) / times.seconds,
        at(0.5),
        at(0.99)
    );
}

void print_datagrams(const Load& load) {
    std::printf("{\"messages\": %zu, \"seconds\": %.6f}\n", load.messages, send_datagrams(load));
}

const std::map<std::string, void (*)(const Load&)> modes{
    {"throughput", print_throughput},
    {"flood", print_flood},
    {"datagrams", print_datagrams},
    {"stored", print_stored},
    {"ping-pong", print_ping_pong},
    {"requests", print_requests},
    {"beats", print_beats},
    {"idle", hold_idle},
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Generate load on a message exchange");
    std::string mode;
    std::string protocol_name = "telex";
    std::string target;
    std::string subscriber_protocol_name;
    std::string subscriber_target;
    std::size_t size = 128;
    std::size_t messages = 100'000;
    std::size_t publishers = 1;
    std::size_t subscribers = 1;
    std::size_t subscriptions = 1;
    std::size_t subjects = 1;
    std::string filter;
    std::size_t window = 1;
    bool pairs = false;
    bool coalesced = false;
    app.add_option("mode", mode)->required()->check(CLI::IsMember(modes));
    const CLI::IsMember known({"telex", "json", "nats", "redis", "relay"});
    app.add_option("--protocol", protocol_name)->check(known);
    app.add_option("--target", target, "HOST:PORT or unix:PATH")->required();
    app.add_option("--subscriber-protocol", subscriber_protocol_name, "Default: --protocol")
        ->check(known);
    app.add_option("--subscriber-target", subscriber_target, "Default: --target");
    app.add_option("--size", size, "Payload size in bytes")->check(CLI::PositiveNumber);
    app.add_option("--messages", messages, "Messages per publisher, or round trips")
        ->check(CLI::PositiveNumber);
    app.add_option("--publishers", publishers)->check(CLI::Range(1, 1'000));
    app.add_option("--subscribers", subscribers)->check(CLI::Range(1, 100'000));
    app.add_flag("--pairs", pairs, "One subject for each publisher and its subscriber");
    app.add_option("--subscriptions", subscriptions, "Subscriptions per idle client")
        ->check(CLI::Range(1, 1'000'000));
    app.add_option("--filter", filter, "Filter of all idle clients");
    app.add_option("--subjects", subjects, "Subjects of a flood, or of a stream")
        ->check(CLI::Range(1, 10'000'000));
    app.add_option("--window", window, "Publications that wait for the disk, per publisher")
        ->check(CLI::Range(1, 100'000));
    app.add_flag("--coalesced", coalesced, "Send batches of 64 datagrams");
    CLI11_PARSE(app, argc, argv);
    if (pairs && (publishers != subscribers || publishers > 10)) {
        std::fputs(
            "--pairs requires equal numbers of publishers and subscribers, at most 10\n", stderr
        );
        return 2;
    }
    const auto protocol = make_protocol(protocol_name);
    const auto subscriber_protocol =
        make_protocol(subscriber_protocol_name.empty() ? protocol_name : subscriber_protocol_name);
    const Load load{
        .protocol = *protocol,
        .target = target,
        .subscriber_protocol = *subscriber_protocol,
        .subscriber_target = subscriber_target.empty() ? target : subscriber_target,
        .size = size,
        .messages = messages,
        .publishers = publishers,
        .subscribers = subscribers,
        .pairs = pairs,
        .subscriptions = subscriptions,
        .filter = filter,
        .subjects = subjects,
        .coalesced = coalesced,
        .window = window,
    };
    modes.at(mode)(load);
    return 0;
}

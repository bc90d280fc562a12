// `telex ping` and `telex rtt`: measure round trips to the exchange. A round trip is a Flush and
// its confirmation, which need no permission.
#include "base/time.hpp"
#include "cli/bench/histogram.hpp"
#include "cli/commands/commands.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/json_line.hpp"
#include "cli/terminal/output.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

namespace telex::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::uint64_t kTrips = 100;  // of `rtt`
constexpr milliseconds kInterval{1'000};
constexpr milliseconds kTripTime{5'000};

struct PingOptions {
    SharedConnection connection;
    std::string_view command;
    Format format = Format::text;
    std::optional<std::uint64_t> count;
    std::optional<milliseconds> interval;  // nullopt: none
    std::optional<milliseconds> timeout;
    bool prints_each = false;
};

struct RoundTrips {
    Histogram times;
    nanoseconds sum{0};
    nanoseconds min = nanoseconds::max();
    std::uint64_t lost = 0;

    void add(nanoseconds time) {
        times.record(time);
        sum += time;
        min = std::min(min, time);
    }
};

double as_microseconds(nanoseconds time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

std::string summary(
    const PingOptions& options, const std::string& server, const RoundTrips& trips
) {
    const std::uint64_t count = trips.times.count();
    const double mean = count == 0 ? 0 : as_microseconds(trips.sum) / static_cast<double>(count);
    const double min = count == 0 ? 0 : as_microseconds(trips.min);
    const double p99 = as_microseconds(trips.times.percentile(0.99));
    const double max = as_microseconds(trips.times.max());
    if (options.format == Format::json) {
        const nlohmann::ordered_json line{
            {"server", server},
            {"roundTrips", count},
            {"lost", trips.lost},
            {"minMicroseconds", min},
            {"meanMicroseconds", mean},
            {"p99Microseconds", p99},
            {"maxMicroseconds", max},
        };
        return json_line(line);
    }
    return fmt::format(
        "{}: {} round trips, {} lost; min {:.1f} us, mean {:.1f} us, p99 {:.1f} us, max {:.1f} "
        "us\n",
        server,
        count,
        trips.lost,
        min,
        mean,
        p99,
        max
    );
}

// Returns nothing if the command must end.
std::optional<nanoseconds> round_trip(
    const PingOptions& options, Client& client, RoundTrips& trips
) {
    const TimePoint begin = Clock::now();
    if (const auto flushed = client.flush(options.timeout.value_or(kTripTime)); !flushed) {
        ++trips.lost;
        fail(options.command, flushed.error());
        return flushed.error().code == Errc::timeout ? std::optional(nanoseconds(0)) : std::nullopt;
    }
    const nanoseconds time = Clock::now() - begin;
    trips.add(time);
    return time;
}

bool wait(const PingOptions& options, SignalWaiter& signals) {
    if (!options.interval) {
        return !signals.interrupted();
    }
    return signals.wait(options.interval) == Wake::timed_out;
}

void measure(
    const PingOptions& options,
    Client& client,
    SignalWaiter& signals,
    Output& output,
    RoundTrips& trips
) {
    const std::uint64_t count = options.count.value_or(std::numeric_limits<std::uint64_t>::max());
    for (std::uint64_t number = 1; number <= count; ++number) {
        const auto time = round_trip(options, client, trips);
        if (!time) {
            return;
        }
        if (options.prints_each && options.format == Format::text && time->count() > 0) {
            output.write(fmt::format("{}: {:.1f} us\n", number, as_microseconds(*time)));
            if (!output.flush()) {
                return;
            }
        }
        if (number < count && !wait(options, signals)) {
            return;
        }
    }
}

int run_ping(const PingOptions& options) {
    SignalWaiter signals;
    auto connection = open_connection(options.command, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    const auto info = connection->client.server_info();
    Output output(STDOUT_FILENO);
    RoundTrips trips;
    measure(options, connection->client, signals, output, trips);
    connection->close();
    output.write(summary(options, info ? info->url : std::string(), trips));
    output.flush();
    const int code = output.exit_code(options.command);
    return code == kOk && trips.lost != 0 ? kUnavailable : code;
}

Command command_of(const std::shared_ptr<PingOptions>& options, std::string summary) {
    Command command{.name = std::string(options->command), .summary = std::move(summary)};
    add_format(command.options, options->format);
    command.options.add(
        {"--timeout",
         "DURATION",
         "Time to wait for a reply (default: 5s)",
         value::duration(options->timeout)}
    );
    command.run = [options] { return run_ping(*options); };
    return command;
}

}  // namespace

Command ping_command(const SharedConnection& connection) {
    auto options = std::make_shared<PingOptions>();
    options->connection = connection;
    options->command = "ping";
    options->interval = kInterval;
    options->prints_each = true;
    Command command = command_of(options, "Measure a round trip to the exchange each second");
    command.options.add(
        {"-n,--count", "N", "Exit after this many round trips", value::count(options->count)}
    );
    command.options.add(
        {"--interval",
         "DURATION",
         "Time between two round trips (default: 1s)",
         value::duration(options->interval)}
    );
    command.footer = "Exits with 69 if a reply did not arrive in time.";
    return command;
}

Command rtt_command(const SharedConnection& connection) {
    auto options = std::make_shared<PingOptions>();
    options->connection = connection;
    options->command = "rtt";
    options->count = kTrips;
    Command command = command_of(options, "Measure the round-trip time to the exchange");
    command.options.add(
        {"-n,--count", "N", "Number of round trips (default: 100)", value::count(options->count)}
    );
    command.footer = "Exits with 69 if a reply did not arrive in time.";
    return command;
}

}  // namespace telex::cli

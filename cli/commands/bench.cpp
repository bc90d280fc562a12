// `telex bench`: the options and the output.
#include "cli/bench/options.hpp"
#include "cli/bench/run.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"

#include <unistd.h>

#include <map>
#include <memory>

namespace telex::cli {
namespace {

constexpr std::uint64_t kFanOut = 8;
constexpr std::uint64_t kMaxClients = 256;
constexpr std::uint64_t kMaxRate = 10'000'000;

const std::map<std::string, BenchMode>& modes() {
    static const std::map<std::string, BenchMode> names{
        {"pub", BenchMode::pub},
        {"sub", BenchMode::sub},
        {"pubsub", BenchMode::pubsub},
        {"fan-out", BenchMode::pubsub},
        {"request", BenchMode::request},
    };
    return names;
}

struct TypedBenchOptions {
    std::string mode;
    std::optional<std::uint64_t> publishers;
    std::optional<std::uint64_t> subscribers;
    std::optional<std::uint64_t> outstanding;
    std::optional<std::size_t> size;
    std::optional<std::chrono::milliseconds> duration;
    BenchOptions bench;
};

BenchOptions options_of(const TypedBenchOptions& typed) {
    BenchOptions options = typed.bench;
    options.name = typed.mode;
    options.mode = modes().at(typed.mode);
    options.publishers = typed.publishers.value_or(1);
    options.subscribers = typed.subscribers.value_or(typed.mode == "fan-out" ? kFanOut : 1);
    options.outstanding = typed.outstanding.value_or(1);
    options.size = typed.size.value_or(options.size);
    options.duration = typed.duration.value_or(options.duration);
    return options;
}

int run_bench_command(const BenchOptions& options) {
    SignalWaiter signals;
    const BenchResult result = run_bench(options, signals);
    // Without any message there is only the error that was printed.
    if (result.exit_code == kOk || result.published + result.received > 0) {
        Output output(STDOUT_FILENO);
        output.write(
            options.format == Format::json ? bench_json(options, result)
                                           : bench_text(options, result)
        );
        output.flush();
        if (const int code = output.exit_code(kBenchCommand); code != kOk) {
            return code;
        }
    }
    return result.exit_code;
}

void add_load(OptionSet& set, TypedBenchOptions& typed) {
    set.add(
        {"-p,--publishers",
         "N",
         "Clients that publish or send requests (default: 1)",
         value::count(typed.publishers, kMaxClients)}
    );
    set.add(
        {"-b,--subscribers",
         "N",
         "Clients that receive or reply (default: 1; fan-out: 8)",
         value::count(typed.subscribers, kMaxClients)}
    );
    set.add(
        {"--outstanding",
         "N",
         "Concurrent requests per client (default: 1)",
         value::count(typed.outstanding, kMaxClients)}
    );
    set.add(
        {"--rate",
         "N",
         "Messages a second of each publisher (default: as many as possible); pubsub and fan-out "
         "then "
         "measure the latency of deliveries",
         value::count(
             [&typed](std::uint64_t rate) { typed.bench.pace = Pace::of_rate(rate); }, kMaxRate
         )}
    );
    set.add({"--size", "SIZE", "Payload size (default: 128B)", value::size(typed.size)});
    set.add(
        {"-n,--count",
         "N",
         "Messages per publisher; with sub, per subscriber",
         value::count(typed.bench.count)}
    );
    set.add({"-d,--duration",
             "DURATION",
             "Duration of the measurement (default: 5s)",
             value::duration(typed.duration)})
        .excludes = {"--count"};
}

}  // namespace

Command bench_command(const SharedConnection& connection) {
    auto typed = std::make_shared<TypedBenchOptions>();
    typed->bench.connection = connection;
    Command command{.name = "bench", .summary = "Measure throughput and latency of an exchange"};
    OptionSet& set = command.options;
    set.add({"MODE",
             "",
             "pub: publish only; sub: receive what others publish; pubsub: publish and receive; "
             "fan-out: pubsub with many subscribers; request: send requests and wait for replies",
             value::choice(
                 {"pub", "sub", "pubsub", "fan-out", "request"},
                 [typed](const std::string& mode) { typed->mode = mode; }
             )}
    ).required = true;
    set.add(
        {"--subject",
         "SUBJECT",
         "Subject of the messages (default: bench.telex)",
         value::text(typed->bench.subject)}
    );
    add_load(set, *typed);
    set.add(
        {"--external",
         "",
         "request: other responders reply, not this process",
         value::flag(typed->bench.external)}
    );
    add_format(set, typed->bench.format);
    command.examples = {
        {"Publish and receive for five seconds", "telex bench pubsub --size 16B"},
        {"Measure round trips", "telex bench request --outstanding 10"},
        {"Measure the latency at a thousand messages a second", "telex bench pubsub --rate 1000"},
    };
    command.footer = "Exits with 1 if messages are missing or the exchange rejected one.";
    command.run = [typed] {
        const BenchOptions options = options_of(*typed);
        if (options.pace && options.mode != BenchMode::pub && options.mode != BenchMode::pubsub) {
            print_error(kBenchCommand, "--rate requires pub, pubsub or fan-out");
            return kUsage;
        }
        return run_bench_command(options);
    };
    return command;
}

}  // namespace telex::cli

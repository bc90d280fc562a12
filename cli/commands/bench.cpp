// `telex bench`: the options.
#include "cli/bench/options.hpp"
#include "cli/bench/run.hpp"
#include "cli/commands/verb.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/output.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <map>
#include <memory>

namespace telex::cli {
namespace {

constexpr std::uint64_t kFanOut = 8;
constexpr std::uint64_t kMaxClients = 256;

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

struct Typed {
    std::string mode;
    std::optional<std::uint64_t> publishers;
    std::optional<std::uint64_t> subscribers;
    std::optional<std::uint64_t> outstanding;
    std::optional<std::size_t> size;
    std::optional<std::chrono::milliseconds> duration;
    BenchOptions bench;
};

BenchOptions options_of(const Typed& typed) {
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

int run(const BenchOptions& options) {
    Stop stop;
    const BenchResult result = run_bench(options, stop);
    // Without a single message there is nothing to report but the complaint that was made.
    if (result.exit_code == kOk || result.published + result.received > 0) {
        Output output(STDOUT_FILENO);
        output.write(
            options.format == Format::json ? bench_json(options, result)
                                           : bench_text(options, result)
        );
        output.flush();
        if (const int code = output.exit_code(kBenchVerb); code != kOk) {
            return code;
        }
    }
    return result.exit_code;
}

void add_numbers(CLI::App& app, Typed& typed) {
    const auto clients = CLI::Range(std::uint64_t{1}, kMaxClients);
    add_count(app, "-p,--publishers", typed.publishers, "Clients that publish or ask (1)")
        ->check(clients);
    add_count(
        app, "-b,--subscribers", typed.subscribers, "Clients that receive or answer (1; fan-out: 8)"
    )
        ->check(clients);
    add_count(app, "--outstanding", typed.outstanding, "Requests on their way per client (1)")
        ->check(clients);
    add_size(app, "--size", typed.size, "Payload (128B)");
    auto* count = add_count(
        app, "-n,--count", typed.bench.count, "Messages per publisher; for sub, per subscriber"
    );
    add_duration(app, "-d,--duration", typed.duration, "How long to go on (5s)")->excludes(count);
}

}  // namespace

Action add_bench(CLI::App& app) {
    auto typed = std::make_shared<Typed>();
    app.add_option(
           "MODE",
           typed->mode,
           "pub: publish only; sub: receive what others publish; pubsub: both; "
           "fan-out: one message to many; request: ask and wait for the answer"
    )
        ->required()
        ->check(CLI::IsMember({"pub", "sub", "pubsub", "fan-out", "request"}));
    app.add_option("--subject", typed->bench.subject, "Where to (bench.telex)")
        ->type_name("SUBJECT");
    add_numbers(app, *typed);
    app.add_flag(
        "--external", typed->bench.external, "request: do not answer here, somebody else does"
    );
    add_format(app, typed->bench.format);
    add_connection(app, typed->bench.connection);
    app.footer("Ends with 1 when messages are missing or the exchange refused something.");
    return [typed] { return run(options_of(*typed)); };
}

}  // namespace telex::cli

// The state machines of streams: the decision about a publication, and the delivery and
// acknowledgement of a record.
#include "match/random.hpp"
#include "streams/consumer_state.hpp"
#include "streams/stream_state.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace telex::streams;
using namespace std::chrono_literals;

std::vector<std::string> subjects_of(std::size_t count) {
    std::vector<std::string> subjects;
    for (std::size_t i = 0; i < count; ++i) {
        subjects.push_back("orders.region-" + std::to_string(i));
    }
    return subjects;
}

// One publication after the other, on subjects in turn; a millisecond for each thousand.
void run(benchmark::State& bench, StreamOptions options, std::size_t subjects, bool with_id) {
    options.name = "S";
    options.subjects = {"orders.>"};
    options.duplicate_window = 2min;
    options.max_duplicate_ids = 100'000'000;
    StreamState state(options, {.max_memory = 16ULL << 30U});
    const std::vector<std::string> names = subjects_of(subjects);
    telex::match::SplitMix64 random(1);
    Removals removals;
    std::uint64_t number = 0;
    StreamTimes times{Time(500'000h), Time(500'000h)};
    for (auto _ : bench) {
        Offer offer{.subject = names[random.below(subjects)], .bytes = 172};
        if (with_id) {
            offer.id = {random.next() | 1U, random.next()};
        }
        benchmark::DoNotOptimize(state.decide(offer, times.now, removals));
        removals.clear();
        if (++number % 1'000 == 0) {
            times.now += 1ms;
            times.expiry = times.now;
            state.expire(times, removals);
        }
    }
    bench.counters["bytes_each"] = benchmark::Counter(
        static_cast<double>(state.memory_bytes()) /
        static_cast<double>(state.records().ledger().messages())
    );
}

void decide_plain(benchmark::State& bench) {
    run(bench, {}, static_cast<std::size_t>(bench.range(0)), false);
}

void decide_full(benchmark::State& bench) {
    run(bench, {.max_messages = 1'000'000}, static_cast<std::size_t>(bench.range(0)), false);
}

void decide_with_id(benchmark::State& bench) {
    run(bench, {}, static_cast<std::size_t>(bench.range(0)), true);
}

void decide_last_value(benchmark::State& bench) {
    run(bench, {.max_per_subject = 1}, static_cast<std::size_t>(bench.range(0)), false);
}

void decide_history(benchmark::State& bench) {
    run(bench, {.max_per_subject = 10}, static_cast<std::size_t>(bench.range(0)), false);
}

// Records delivered in runs of 256 and acknowledged one by one.
void consume(benchmark::State& bench) {
    ConsumerOptions options{.name = "C", .durable = false, .max_in_flight = 65'536};
    const bool keyed = bench.range(0) != 0;
    options.key_affinity = keyed;
    options.max_in_flight_per_key = keyed ? 65'536 : 1;
    telex::TimePoint now{1h};
    ConsumerState consumer(options, {}, now);
    ConsumerOutput out;
    std::vector<Candidate> run(256);
    Sequence next = 1;
    for (auto _ : bench) {
        for (Candidate& candidate : run) {
            candidate = {next, next % 1'000 + 1, 1};
            ++next;
        }
        if (!consumer.pull(1, {.id = next, .credit = 256}, now)) {
            bench.SkipWithError("the pull was refused");
            return;
        }
        now += 100us;
        consumer.offer(run, now, out);
        for (const Candidate& candidate : run) {
            consumer.ack(candidate.sequence, now, out);
        }
        out.clear();
    }
    bench.SetItemsProcessed(static_cast<std::int64_t>(next));
}

BENCHMARK(decide_plain)->Arg(1)->Arg(1'000)->Arg(100'000);
BENCHMARK(decide_full)->Arg(1)->Arg(1'000);
BENCHMARK(decide_with_id)->Arg(1);
BENCHMARK(decide_last_value)->Arg(1'000)->Arg(100'000);
BENCHMARK(decide_history)->Arg(1'000);
BENCHMARK(consume)->ArgName("keyed")->Arg(0)->Arg(1);

}  // namespace

BENCHMARK_MAIN();

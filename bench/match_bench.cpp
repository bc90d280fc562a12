// The routing table: matching in tables of 1,000 to 1,000,000 filters, with and without the cache,
// by one and two threads; time and memory of a subscription.
//
// One filter in ten has a wildcard; subjects have 3 tokens and about 30 bytes. docs/adr/0001 quotes
// the results.
#include "base/time.hpp"
#include "match/random.hpp"
#include "match/subject_trie.hpp"
#include "router/reply_table.hpp"
#include "router/routing_table.hpp"

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace telex;

// "region-17.measured.10004711": a unique leaf below a shared parent; `deep`: a unique parent, too.
std::string name_of(std::uint64_t i, bool deep) {
    const std::string number = std::to_string(10'000'000 + i);
    const std::string region = "region-" + std::to_string(10 + i % 80);
    return deep ? region + "." + number + ".measured" : region + ".measured." + number;
}

std::string filter_of(std::uint64_t i, bool deep) {
    if (i % 10 != 0) {
        return name_of(i, deep);
    }
    const std::string number = std::to_string(10'000'000 + i);
    switch (i / 10 % 3) {
        case 0:
            return deep ? "*." + number + ".measured" : "*.measured." + number;
        case 1:
            return "region-" + std::to_string(10 + i % 80) + "." + number + ".*";
        default:
            return "region-" + std::to_string(10 + i % 80) + "." + number + ".>";
    }
}

using Trie = match::SubjectTrie<std::uint64_t>;

const Trie& trie_of(std::uint64_t filters) {
    static std::uint64_t size = 0;
    static std::unique_ptr<Trie> trie;
    if (size != filters) {
        size = filters;
        trie = std::make_unique<Trie>(1);
        for (std::uint64_t i = 0; i < filters; ++i) {
            trie->set_value(trie->obtain(filter_of(i, false))->filter, i + 1);
        }
    }
    return *trie;
}

std::vector<std::string> subjects_of(std::uint64_t filters, std::uint64_t seed) {
    match::SplitMix64 random(seed);
    std::vector<std::string> subjects;
    for (int i = 0; i < 1 << 16; ++i) {
        subjects.push_back(name_of(random.below(filters), false));
    }
    return subjects;
}

// Random subjects, all tokens known, over a table of range(0) filters.
void match_trie(benchmark::State& state) {
    const auto filters = static_cast<std::uint64_t>(state.range(0));
    const Trie& trie = trie_of(filters);
    const std::vector<std::string> subjects = subjects_of(filters, 2);
    std::vector<match::FilterRef> found;
    std::size_t i = 0;
    for (auto _ : state) {
        found.clear();
        trie.match(subjects[i++ & 0xffff], found);
        benchmark::DoNotOptimize(found.data());
    }
}

BENCHMARK(match_trie)->Arg(10)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

// Two threads, on one shared trie (as readers of an immutable snapshot) or on one each (replicas).
// Without writers.
void match_threads(benchmark::State& state) {
    static std::vector<std::unique_ptr<Trie>> tries;
    const auto filters = static_cast<std::uint64_t>(state.range(0));
    const bool replicas = state.range(1) != 0;
    if (state.thread_index() == 0) {
        tries.clear();
        for (int copy = 0; copy < (replicas ? state.threads() : 1); ++copy) {
            tries.push_back(std::make_unique<Trie>(1));
            for (std::uint64_t i = 0; i < filters; ++i) {
                tries.back()->set_value(tries.back()->obtain(filter_of(i, false))->filter, i + 1);
            }
        }
    }
    const auto thread = static_cast<std::size_t>(state.thread_index());
    const std::vector<std::string> subjects = subjects_of(filters, 3 + thread);
    std::vector<match::FilterRef> found;
    std::size_t i = 0;
    for (auto _ : state) {
        found.clear();
        tries[replicas ? thread : 0]->match(subjects[i++ & 0xffff], found);
        benchmark::DoNotOptimize(found.data());
    }
}

BENCHMARK(match_threads)
    ->ArgNames({"filters", "replicas"})
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {0, 1}})
    ->Threads(2)
    ->UseRealTime();

// A routing table with `count` plain subscriptions of one connection.
struct FilledTable {
    explicit FilledTable(std::uint64_t count, bool deep = false) : table(0, 1) {
        subscriber.connection_key = 1;
        subscriptions.resize(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            subscriptions[i].subscriber = &subscriber;
            (void)table.subscribe(subscriptions[i], filter_of(i, deep), {});
        }
    }

    ~FilledTable() {
        for (router::Subscription& subscription : subscriptions) {
            table.unsubscribe(subscription);
        }
    }

    router::RoutingTable table;
    router::Subscriber subscriber;
    std::vector<router::Subscription> subscriptions;
};

// Complete routes over range(1) different subjects: 1,000 fit into the cache, 65,536 do not.
void route_plain(benchmark::State& state) {
    FilledTable filled(static_cast<std::uint64_t>(state.range(0)));
    const auto different = static_cast<std::size_t>(state.range(1));
    const std::vector<std::string> subjects =
        subjects_of(static_cast<std::uint64_t>(state.range(0)), 4);
    std::size_t i = 0;
    for (auto _ : state) {
        const auto route = filled.table.route(subjects[i], 0, 64);
        benchmark::DoNotOptimize(route->plain.data());
        i = i + 1 < different ? i + 1 : 0;
    }
}

BENCHMARK(route_plain)
    ->ArgNames({"filters", "subjects"})
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {1, 1'000, 65'536}});

void subscribe_unsubscribe(benchmark::State& state) {
    FilledTable filled(static_cast<std::uint64_t>(state.range(0)));
    router::Subscription subscription;
    subscription.subscriber = &filled.subscriber;
    std::uint64_t i = 0;
    for (auto _ : state) {
        const std::string filter = name_of(50'000'000 + i++ % 100'000, false);
        benchmark::DoNotOptimize(filled.table.subscribe(subscription, filter, {}));
        benchmark::DoNotOptimize(filled.table.unsubscribe(subscription));
    }
}

BENCHMARK(subscribe_unsubscribe)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

// Measures a size: heap bytes per subscription if reactor 0 holds all of them and range(1) - 1
// other reactors have replicas, with the Subscription record.
void memory(benchmark::State& state) {
    const auto count = static_cast<std::uint64_t>(state.range(0));
    const auto replicas = static_cast<router::ReactorIndex>(state.range(1));
    const bool deep = state.range(2) != 0;
    double bytes = 0;
    for (auto _ : state) {
        const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
        FilledTable filled(count, deep);
        std::list<router::RoutingTable> others;
        for (router::ReactorIndex i = 1; i < replicas; ++i) {
            router::RoutingTable& other = others.emplace_back(i, 1);
            for (const router::Subscription& subscription : filled.subscriptions) {
                other.apply(0, {filled.table.filter_of(subscription), false, nullptr, true});
            }
        }
        const std::size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
        bytes = static_cast<double>(after - before) / static_cast<double>(count);
    }
    state.counters["bytes_per_subscription"] = bytes;
}

BENCHMARK(memory)
    ->ArgNames({"subscriptions", "reactors", "own_parent"})
    ->ArgsProduct({{1'000'000}, {1, 2}, {0, 1}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void request_and_reply(benchmark::State& state) {
    match::SplitMix64 random(1);
    router::ReplyTable table(0, 1'000'000, [&] { return random.next(); });
    router::Requester requester;
    TimePoint now{};
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        now += std::chrono::microseconds(1);
        (void)table.open(requester, 0, now, now);
    }
    for (auto _ : state) {
        now += std::chrono::microseconds(1);
        const auto subject = table.open(requester, 1, now, now);
        benchmark::DoNotOptimize(table.take(*router::parse_reply_subject(subject->view())));
    }
    table.close(requester);
}

BENCHMARK(request_and_reply)->Arg(0)->Arg(10'000);

}  // namespace

BENCHMARK_MAIN();

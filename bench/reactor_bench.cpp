// Posting to another reactor, awake or asleep, and the heap of deadlines.
#include "base/time.hpp"
#include "reactor/mailbox.hpp"
#include "reactor/reactor.hpp"
#include "router/deadline_heap.hpp"

#include <benchmark/benchmark.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace {

using namespace telex;

// A task that returns to its sender, like a batch of messages, so that nothing is allocated.
struct Shuttle final : reactor::Task {
    void run(std::unique_ptr<Task> self) override { home = std::move(self); }

    std::unique_ptr<Task> home;
};

void mail_to_one_awake(benchmark::State& state) {
    reactor::Mailbox mailbox;
    const reactor::WorkMeter unlimited;
    auto* shuttle = new Shuttle;
    shuttle->home.reset(shuttle);
    for (auto _ : state) {
        (void)mailbox.push(std::move(shuttle->home));
        mailbox.run_pending(unlimited);
    }
    const auto end = std::move(shuttle->home);
}

// The sender's cost: one write if the owner sleeps.
void mail_to_one_asleep(benchmark::State& state) {
    reactor::Mailbox mailbox;
    const reactor::WorkMeter unlimited;
    auto* shuttle = new Shuttle;
    shuttle->home.reset(shuttle);
    for (auto _ : state) {
        mailbox.prepare_to_sleep();
        if (mailbox.push(std::move(shuttle->home))) {
            mailbox.wake();
        }
        mailbox.acknowledge_wake();
        mailbox.run_pending(unlimited);
    }
    const auto end = std::move(shuttle->home);
}

// A round trip between two threads; range(0): how long the reactor polls before it sleeps.
void round_trip(benchmark::State& state) {
    reactor::Reactor other(0, std::chrono::microseconds(state.range(0)));
    other.start();
    std::atomic<std::uint64_t> replies{0};
    std::uint64_t requests = 0;
    for (auto _ : state) {
        ++requests;
        other.post([&] { replies.fetch_add(1); });
        while (replies.load() != requests) {
        }
    }
}

void deadline_heap(benchmark::State& state) {
    const auto size = static_cast<std::uint32_t>(state.range(0));
    router::DeadlineHeap heap;
    std::vector<std::uint32_t> positions(size + 1);
    const auto moved = [&](std::uint32_t slot, std::uint32_t position) {
        positions[slot] = position;
    };
    std::mt19937 random(1);
    const TimePoint start{};
    for (std::uint32_t slot = 0; slot < size; ++slot) {
        heap.push({start + std::chrono::microseconds(random() % 1'000'000), slot}, moved);
    }
    for (auto _ : state) {  // a request and its reply
        heap.push({start + std::chrono::microseconds(random() % 1'000'000), size}, moved);
        heap.erase(positions[size], moved);
    }
}

void deadline_multimap(benchmark::State& state) {
    std::multimap<TimePoint, std::uint32_t> deadlines;
    std::mt19937 random(1);
    const TimePoint start{};
    for (std::uint32_t slot = 0; slot < state.range(0); ++slot) {
        deadlines.emplace(start + std::chrono::microseconds(random() % 1'000'000), slot);
    }
    for (auto _ : state) {
        deadlines.erase(
            deadlines.emplace(start + std::chrono::microseconds(random() % 1'000'000), 0)
        );
    }
}

BENCHMARK(mail_to_one_awake);
BENCHMARK(mail_to_one_asleep);
BENCHMARK(round_trip)->Arg(0)->Arg(200)->UseRealTime();
BENCHMARK(deadline_heap)->Arg(100)->Arg(10'000)->Arg(1'000'000);
BENCHMARK(deadline_multimap)->Arg(100)->Arg(10'000)->Arg(1'000'000);

}  // namespace

BENCHMARK_MAIN();

// Reading a publication: the exchange's scanner, and the generated parser with a new object, a
// reused object, and an arena.
#include "telex/v1/telex.pb.h"
#include "wire/frame_view.hpp"

#include <benchmark/benchmark.h>
#include <google/protobuf/arena.h>

#include <string>

namespace {

using namespace telex;

// `headers`: the number of headers, each 20 bytes on the wire.
std::string publication(std::int64_t payload, std::int64_t headers) {
    v1::Frame frame;
    frame.mutable_message()->set_subject("region-17.device-0004711.measured");
    frame.mutable_message()->set_payload(std::string(static_cast<std::size_t>(payload), 'x'));
    for (std::int64_t i = 0; i < headers; ++i) {
        v1::Header* header = frame.mutable_message()->add_headers();
        header->set_name("name-000");
        header->set_value("value-00");
    }
    return frame.SerializeAsString();
}

void scan(benchmark::State& state) {
    const std::string bytes = publication(state.range(0), state.range(1));
    for (auto _ : state) {
        const auto view = wire::scan_frame(bytes);
        benchmark::DoNotOptimize(view->message.subject.data());
    }
}

void parse_new(benchmark::State& state) {
    const std::string bytes = publication(state.range(0), state.range(1));
    for (auto _ : state) {
        v1::Frame frame;
        benchmark::DoNotOptimize(frame.ParseFromString(bytes));
    }
}

void parse_reused(benchmark::State& state) {
    const std::string bytes = publication(state.range(0), state.range(1));
    v1::Frame frame;
    for (auto _ : state) {
        benchmark::DoNotOptimize(frame.ParseFromString(bytes));
    }
}

void parse_on_arena(benchmark::State& state) {
    const std::string bytes = publication(state.range(0), state.range(1));
    google::protobuf::Arena arena;
    int used = 0;
    for (auto _ : state) {
        auto* frame = google::protobuf::Arena::CreateMessage<v1::Frame>(&arena);
        benchmark::DoNotOptimize(frame->ParseFromString(bytes));
        if (++used == 1'000) {
            arena.Reset();
            used = 0;
        }
    }
}

void sizes(benchmark::internal::Benchmark* benchmark) {
    benchmark->Args({16, 0})->Args({128, 0})->Args({16, 4});
}

BENCHMARK(scan)->Apply(sizes);
BENCHMARK(parse_new)->Apply(sizes);
BENCHMARK(parse_reused)->Apply(sizes);
BENCHMARK(parse_on_arena)->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();

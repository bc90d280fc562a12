// Decoding a stream and encoding a frame, for each framing: nanoseconds per frame and bytes per
// second. The baselines are `memchr` and `memcpy` over the same bytes.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "codec/framing.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

namespace {

using namespace telex;

constexpr std::size_t kFrames = 1'000;

constexpr const char* kPresets[] = {
    "protobuf-delimited",
    "u32be",
    "netstring",
    "lines",
    "crlf",
    "syslog",
    "cobs",
    "slip",
};

// Stuffing depends on the payload: in random bytes every value is as frequent.
constexpr const char* kStuffingPresets[] = {"cobs", "slip", "hdlc"};

std::string plain_payload(std::size_t size) {
    return std::string(size, 'x');
}

std::string random_payload(std::size_t size) {
    std::mt19937 random;  // the same in each run
    std::string payload(size, '\0');
    std::ranges::generate(payload, [&] { return static_cast<char>(random()); });
    return payload;
}

using MakePayload = std::string (*)(std::size_t size);

std::string stream_of(const codec::Framing& framing, const std::string& payload) {
    const auto encoder = codec::make_encoder(framing);
    std::string bytes;
    for (std::size_t i = 0; i < kFrames; ++i) {
        if (!encoder->encode(payload, bytes)) {
            std::abort();
        }
    }
    return bytes;
}

void count(benchmark::State& state, std::size_t bytes) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kFrames));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void decode(benchmark::State& state, const char* preset, MakePayload make_payload) {
    const codec::Framing framing = *codec::parse_preset(preset);
    const std::string bytes =
        stream_of(framing, make_payload(static_cast<std::size_t>(state.range(0))));
    const auto decoder = codec::make_decoder(framing);
    for (auto _ : state) {
        std::size_t frames = 0;
        for (ByteView rest = bytes; !rest.empty();) {
            const codec::DecodeStep step = decoder->decode(rest);
            benchmark::DoNotOptimize(step.payload.data());
            frames += step.kind == codec::DecodeStep::Kind::frame ? 1 : 0;
            rest.remove_prefix(step.consumed);
        }
        if (frames != kFrames) {
            state.SkipWithError("frames are missing");
        }
    }
    count(state, bytes.size());
}

void encode(benchmark::State& state, const char* preset) {
    const codec::Framing framing = *codec::parse_preset(preset);
    const auto encoder = codec::make_encoder(framing);
    const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
    std::string out;
    for (auto _ : state) {
        out.clear();
        for (std::size_t i = 0; i < kFrames; ++i) {
            benchmark::DoNotOptimize(encoder->encode(payload, out));
        }
    }
    count(state, out.size());
}

void find_newlines(benchmark::State& state) {
    const std::string bytes = stream_of(
        *codec::parse_preset("lines"), plain_payload(static_cast<std::size_t>(state.range(0)))
    );
    for (auto _ : state) {
        for (const char* at = bytes.data(); at != bytes.data() + bytes.size(); ++at) {
            const auto left = static_cast<std::size_t>(bytes.data() + bytes.size() - at);
            at = static_cast<const char*>(std::memchr(at, '\n', left));
            benchmark::DoNotOptimize(at);
        }
    }
    count(state, bytes.size());
}

void copy_bytes(benchmark::State& state) {
    const std::string bytes(kFrames * static_cast<std::size_t>(state.range(0)), 'x');
    std::string out(bytes.size(), '\0');
    for (auto _ : state) {
        std::memcpy(out.data(), bytes.data(), bytes.size());
        benchmark::ClobberMemory();
    }
    count(state, bytes.size());
}

const bool registered = [] {
    for (const char* preset : kPresets) {
        const std::string name = preset;
        benchmark::RegisterBenchmark(("decode/" + name).c_str(), decode, preset, plain_payload)
            ->Arg(16)
            ->Arg(1'024);
        benchmark::RegisterBenchmark(("encode/" + name).c_str(), encode, preset)
            ->Arg(16)
            ->Arg(1'024);
    }
    for (const char* preset : kStuffingPresets) {
        const std::string name = "decode/" + std::string(preset) + "/random";
        benchmark::RegisterBenchmark(name.c_str(), decode, preset, random_payload)->Arg(1'024);
    }
    benchmark::RegisterBenchmark("baseline/memchr", find_newlines)->Arg(16)->Arg(1'024);
    benchmark::RegisterBenchmark("baseline/memcpy", copy_bytes)->Arg(16)->Arg(1'024);
    return true;
}();

}  // namespace

BENCHMARK_MAIN();

// The engine of streams: one shard that has 4,096 messages of 128 bytes under way, and the time
// that the storage thread and the committer take for each.
//
// The store on a disk writes to the folder TELEX_BENCH_FOLDER, or the folder for temporary files.
#include "storage/engine.hpp"
#include "store/memory_store.hpp"
#include "store/rocks_store.hpp"
#include "telex/v1/telex.pb.h"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace telex;

constexpr std::uint64_t kUnderWay = 4'096;
constexpr std::size_t kBatch = 64;
constexpr std::uint64_t kRecords = 1'000'000;

v1::Message message_of(std::size_t number) {
    v1::Message message;
    message.set_subject("orders.region-" + std::to_string(number % 100));
    message.set_payload(std::string(128, 'x'));
    return message;
}

class BenchBatch final : public exchange::OfferBatch {
public:
    explicit BenchBatch(exchange::StreamNumber stream) {
        for (std::size_t i = 0; i < kBatch; ++i) {
            const v1::Message message = message_of(i);
            subjects_.push_back(message.subject());
            bodies_.push_back(message.SerializeAsString());
        }
        for (std::size_t i = 0; i < kBatch; ++i) {
            offers.push_back({stream, subjects_[i], bodies_[i]});
        }
    }

private:
    std::vector<std::string> subjects_;
    std::vector<std::string> bodies_;
};

// Offers batches as long as its window has room.
class BenchShard final : public exchange::OfferSource {
public:
    void run(storage::Engine& engine, std::uint64_t records) {
        for (std::uint64_t sent = 0; sent < records; sent += kBatch) {
            std::unique_ptr<exchange::OfferBatch> batch;
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [this] {
                    return (offered_ - committed_) * kBatch < kUnderWay;
                });
                if (!spare_.empty()) {
                    batch = std::move(spare_.back());
                    spare_.pop_back();
                }
                ++offered_;
            }
            if (!batch) {
                batch = std::make_unique<BenchBatch>(stream_);
            }
            batch->number = offered_;
            engine.offer(std::move(batch));
        }
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return offered_ == committed_; });
    }

    void await_stream() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stream_ != 0; });
    }

    void take_decisions(std::unique_ptr<exchange::OfferBatch> batch) override {
        const std::lock_guard lock(mutex_);
        spare_.push_back(std::move(batch));
    }

    void take_commit(std::uint64_t batch, v1::ErrorCode failure) override {
        if (failure != v1::ERROR_CODE_UNSPECIFIED) {
            std::abort();
        }
        const std::lock_guard lock(mutex_);
        committed_ = batch;
        changed_.notify_one();
    }

    void use_captures(exchange::CaptureTablePtr table, std::function<void()> done) override {
        if (!table->rows.empty()) {
            const std::lock_guard lock(mutex_);
            stream_ = table->rows.front().stream;
            changed_.notify_one();
        }
        done();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::unique_ptr<exchange::OfferBatch>> spare_;
    std::uint64_t offered_ = 0;
    std::uint64_t committed_ = 0;
    exchange::StreamNumber stream_ = 0;
};

// Processor time of the threads with this name, in nanoseconds.
double thread_time(const std::string& name) {
    double total = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string found;
        std::getline(std::ifstream(entry.path() / "comm"), found);
        if (found == name) {
            double time = 0;
            std::ifstream(entry.path() / "schedstat") >> time;
            total += time;
        }
    }
    return total;
}

v1::StreamConfig config_of_stream() {
    v1::StreamConfig config;
    config.set_name("s");
    config.add_subjects("orders.>");
    return config;
}

void run(benchmark::State& bench, std::unique_ptr<store::Store> store) {
    storage::Engine engine(std::move(store), {});
    if (!engine.restore() || !engine.create(config_of_stream())) {
        bench.SkipWithError("the stream was not created");
        return;
    }
    BenchShard shard;
    engine.start({&shard}, [](std::string_view) { return access::kDefaultAccount; });
    shard.await_stream();
    shard.run(engine, 100'000);
    const double storage = thread_time("storage");
    const double committer = thread_time("committer");
    std::uint64_t records = 0;
    for (auto _ : bench) {
        shard.run(engine, kRecords);
        records += kRecords;
    }
    const auto each = static_cast<double>(records);
    bench.SetItemsProcessed(static_cast<std::int64_t>(records));
    bench.counters["storage_ns"] = (thread_time("storage") - storage) / each;
    bench.counters["committer_ns"] = (thread_time("committer") - committer) / each;
    const auto info = engine.storage_info();
    bench.counters["records_a_commit"] =
        static_cast<double>(info.committed_messages()) / static_cast<double>(info.commits());
}

void in_memory(benchmark::State& bench) {
    run(bench, std::make_unique<store::MemoryStore>());
}

std::string new_folder() {
    const char* const parent = std::getenv("TELEX_BENCH_FOLDER");
    std::string path = parent != nullptr ? parent : std::filesystem::temp_directory_path().string();
    path += "/telex-bench-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
        std::abort();
    }
    return path;
}

std::unique_ptr<store::Store> open_in(const std::string& folder) {
    store::RocksSettings settings;
    settings.folder = folder + "/store";
    auto opened = store::open_rocks_store(std::move(settings));
    if (!opened) {
        std::abort();
    }
    return std::move(*opened);
}

void on_disk(benchmark::State& bench) {
    const std::string folder = new_folder();
    run(bench, open_in(folder));
    std::filesystem::remove_all(folder);
}

// A start with a stream of a million records.
void restore(benchmark::State& bench) {
    const std::string folder = new_folder();
    {
        storage::Engine engine(open_in(folder), {});
        if (!engine.restore() || !engine.create(config_of_stream())) {
            bench.SkipWithError("the stream was not created");
            return;
        }
        BenchShard shard;
        engine.start({&shard}, [](std::string_view) { return access::kDefaultAccount; });
        shard.await_stream();
        shard.run(engine, kRecords);
        engine.stop();
    }
    for (auto _ : bench) {
        bench.PauseTiming();
        auto engine = std::make_unique<storage::Engine>(open_in(folder), storage::EngineOptions{});
        bench.ResumeTiming();
        if (!engine->restore()) {
            bench.SkipWithError("the store was not read");
        }
        bench.PauseTiming();
        engine.reset();
        bench.ResumeTiming();
    }
    bench.SetItemsProcessed(static_cast<std::int64_t>(kRecords) * bench.iterations());
    std::filesystem::remove_all(folder);
}

BENCHMARK(in_memory)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(3);
BENCHMARK(on_disk)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(3);
BENCHMARK(restore)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(3);

}  // namespace

BENCHMARK_MAIN();

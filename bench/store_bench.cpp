// The store on a disk: commits of records with 128 bytes and subjects of 20 bytes, each with a
// sync, beside a bare loop of append and fdatasync of the same bytes.
//
// Both write to the folder TELEX_BENCH_FOLDER, or the folder for temporary files, which must be on
// the disk that is measured. A waiting thread is woken late on a busy machine: compare runs at one
// priority (chrt -f 5). docs/adr/0024 quotes the results.
#include "store/block_builder.hpp"
#include "store/rocks_store.hpp"

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace telex::store;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBody = 128;
constexpr std::size_t kSubject = 20;

// A folder that ends with its benchmark.
class BenchFolder {
public:
    BenchFolder() {
        const char* const parent = std::getenv("TELEX_BENCH_FOLDER");
        path_ = parent != nullptr ? parent : std::filesystem::temp_directory_path().string();
        path_ += "/telex-bench-XXXXXX";
        if (::mkdtemp(path_.data()) == nullptr) {
            std::abort();
        }
    }

    BenchFolder(const BenchFolder&) = delete;
    BenchFolder& operator=(const BenchFolder&) = delete;

    ~BenchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

// The durations of commits, and their percentiles as counters.
class Durations {
public:
    void add(Clock::duration duration) {
        all_.push_back(std::chrono::duration<double, std::micro>(duration).count());
    }

    void report(benchmark::State& state) {
        std::sort(all_.begin(), all_.end());
        const auto at = [this](double share) {
            const auto place = static_cast<std::size_t>(share * static_cast<double>(all_.size()));
            return all_[std::min(place, all_.size() - 1)];
        };
        state.counters["p50_us"] = at(0.5);
        state.counters["p99_us"] = at(0.99);
        state.counters["max_us"] = all_.back();
        const double records =
            static_cast<double>(all_.size()) * static_cast<double>(state.range(0));
        state.counters["records/s"] = benchmark::Counter(records, benchmark::Counter::kIsRate);
    }

private:
    std::vector<double> all_;
};

std::vector<Record> records_of(
    std::size_t count, const std::string& subject, const std::string& body
) {
    std::vector<Record> records(count);
    for (Record& record : records) {
        record.subject = subject;
        record.body = body;
    }
    return records;
}

void number(std::vector<Record>& records, Sequence& next) {
    for (Record& record : records) {
        record.sequence = next++;
        record.time = static_cast<std::int64_t>(1'700'000'000'000'000'000 + next);
    }
}

std::string noise(std::size_t bytes) {
    std::string text;
    for (std::uint64_t i = 0; text.size() < bytes; ++i) {
        text.push_back(static_cast<char>((i * 0x9e3779b97f4a7c15) >> 56));
    }
    return text;
}

// Returns null after an error, which ends the benchmark.
std::unique_ptr<Store> open_store(benchmark::State& state, const BenchFolder& folder) {
    RocksSettings settings;
    settings.folder = folder.file("store");
    settings.ballast_bytes = 0;
    auto store = open_rocks_store(settings);
    if (!store) {
        state.SkipWithError(store.error().text.c_str());
        return nullptr;
    }
    return *std::move(store);
}

void store_commit(benchmark::State& state) {
    const BenchFolder folder;
    const auto store = open_store(state, folder);
    if (!store) {
        return;
    }
    const std::string subject(kSubject, 's');
    const std::string body = noise(kBody);
    std::vector<Record> records =
        records_of(static_cast<std::size_t>(state.range(0)), subject, body);
    BlockBuilder builder;
    Commit commit;
    Sequence next = 1;
    Durations durations;
    for (auto _ : state) {
        const auto begin = Clock::now();
        number(records, next);
        commit.clear();
        const auto added = builder.add_blocks(1, records, Compression::none, commit.blocks);
        const auto done = store->commit(commit, Durability::synced);
        if (!added || !done) {
            state.SkipWithError("the commit failed");
            return;
        }
        durations.add(Clock::now() - begin);
    }
    durations.report(state);
}

void bare_append(benchmark::State& state) {
    const BenchFolder folder;
    const int file = ::open(folder.file("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const std::string bytes =
        noise(static_cast<std::size_t>(state.range(0)) * (kBody + kSubject + 24));
    Durations durations;
    for (auto _ : state) {
        const auto begin = Clock::now();
        if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
            ::fdatasync(file) != 0) {
            state.SkipWithError("the write failed");
            break;
        }
        durations.add(Clock::now() - begin);
    }
    ::close(file);
    durations.report(state);
}

void read_blocks(benchmark::State& state) {
    const BenchFolder folder;
    const auto store = open_store(state, folder);
    if (!store) {
        return;
    }
    const std::string subject(kSubject, 's');
    const std::string body = noise(kBody);
    std::vector<Record> records = records_of(1024, subject, body);
    BlockBuilder builder;
    Sequence next = 1;
    for (int i = 0; i < 500; ++i) {
        Commit commit;
        number(records, next);
        const auto added = builder.add_blocks(1, records, Compression::none, commit.blocks);
        const auto done = store->commit(commit, Durability::buffered);
        if (!added || !done) {
            state.SkipWithError("the commit failed");
            return;
        }
    }
    std::uint64_t bytes = 0;
    std::int64_t read = 0;
    for (auto _ : state) {
        const auto reader = store->reader(1);
        for (auto block = reader->next(); block && *block; block = reader->next()) {
            for (std::size_t i = 0; i < (*block)->size(); ++i) {
                bytes += (*block)->record(i).body.size();
            }
            read += static_cast<std::int64_t>((*block)->size());
        }
    }
    benchmark::DoNotOptimize(bytes);
    state.SetItemsProcessed(read);
}

// Each commit beside the bare loop, so that both meet the same disk.
BENCHMARK(bare_append)->Arg(16)->Iterations(2000)->UseRealTime();
BENCHMARK(store_commit)->Arg(16)->Iterations(2000)->UseRealTime();
BENCHMARK(bare_append)->Arg(256)->Iterations(2000)->UseRealTime();
BENCHMARK(store_commit)->Arg(256)->Iterations(2000)->UseRealTime();
BENCHMARK(bare_append)->Arg(1024)->Iterations(1500)->UseRealTime();
BENCHMARK(store_commit)->Arg(1024)->Iterations(1500)->UseRealTime();
BENCHMARK(bare_append)->Arg(4096)->Iterations(500)->UseRealTime();
BENCHMARK(store_commit)->Arg(4096)->Iterations(500)->UseRealTime();
BENCHMARK(read_blocks)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();

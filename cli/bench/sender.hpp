#pragma once
// The sending side of `telex bench`: threads that publish, or send requests and measure the
// latency.
#include "base/time.hpp"
#include "cli/bench/histogram.hpp"
#include "cli/connection/connection.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace telex::cli {

struct BenchOptions;

class BenchSenders {
public:
    BenchSenders() = default;
    BenchSenders(const BenchSenders&) = delete;
    BenchSenders& operator=(const BenchSenders&) = delete;
    // Stops and joins.
    ~BenchSenders();

    // Connects. Returns kOk, or the exit code after printing an error.
    int open(const BenchOptions& options, SignalWaiter& signals);
    // Starts the threads. Notifies `signals` when the last one ends.
    void start(const BenchOptions& options, SignalWaiter& signals);

    // Makes the threads end after their current message.
    void halt() { halted_.store(true, std::memory_order_relaxed); }

    bool done() const { return working_.load(std::memory_order_acquire) == 0; }

    std::uint64_t sent() const { return sent_.load(std::memory_order_relaxed); }

    std::uint64_t errors() const { return errors_.load(std::memory_order_relaxed); }

    // Waits for all threads. Returns the latencies of all requests.
    Histogram join();

private:
    struct Sender {
        std::shared_ptr<Connection> connection;
        Histogram latency;
        std::thread thread;
    };

    void publish(const BenchOptions& options, Sender& sender);
    void publish_fast(const BenchOptions& options, Sender& sender);
    void publish_paced(const BenchOptions& options, Sender& sender);
    bool wait_until(TimePoint due) const;
    void request(const BenchOptions& options, Sender& sender);
    void failed(const Sender& sender, const Error& error);

    std::vector<std::unique_ptr<Sender>> senders_;
    std::atomic<std::size_t> working_{0};
    std::atomic<std::uint64_t> sent_{0};
    std::atomic<std::uint64_t> errors_{0};
    std::atomic<bool> halted_{false};
};

}  // namespace telex::cli

#pragma once
// The sending side of `telex bench`: threads that publish, or that ask and measure the answers.
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
    using Clock = std::chrono::steady_clock;

    BenchSenders() = default;
    BenchSenders(const BenchSenders&) = delete;
    BenchSenders& operator=(const BenchSenders&) = delete;
    // Stops and joins.
    ~BenchSenders();

    // Connects; kOk or an exit code after a complaint.
    int open(const BenchOptions& options, Stop& stop);
    // Starts the threads. `stop` is notified when the last of them ends.
    void start(const BenchOptions& options, Stop& stop);

    // Asks the threads to end soon.
    void halt() { halted_.store(true, std::memory_order_relaxed); }

    bool done() const { return working_.load(std::memory_order_acquire) == 0; }

    std::uint64_t sent() const { return sent_.load(std::memory_order_relaxed); }

    std::uint64_t errors() const { return errors_.load(std::memory_order_relaxed); }

    // Waits for all threads; then the latencies of all requests.
    Histogram join();

private:
    struct Sender {
        std::shared_ptr<Connection> connection;
        Histogram latency;
        std::thread thread;
    };

    void publish(const BenchOptions& options, Sender& sender);
    void ask(const BenchOptions& options, Sender& sender);
    void failed(const Sender& sender, const Error& error);

    std::vector<std::unique_ptr<Sender>> senders_;
    std::atomic<std::size_t> working_{0};
    std::atomic<std::uint64_t> sent_{0};
    std::atomic<std::uint64_t> errors_{0};
    std::atomic<bool> halted_{false};
};

}  // namespace telex::cli

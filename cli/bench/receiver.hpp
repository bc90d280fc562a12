#pragma once
// The receiving side of `telex bench`: subscriptions that count messages, or reply to requests.
#include "base/time.hpp"
#include "cli/bench/histogram.hpp"
#include "cli/connection/connection.hpp"
#include <telex/client.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace telex::cli {

struct BenchOptions;

class BenchReceivers {
public:
    BenchReceivers() = default;
    BenchReceivers(const BenchReceivers&) = delete;
    BenchReceivers& operator=(const BenchReceivers&) = delete;

    // Subscribes. Returns kOk, or the exit code after printing an error.
    int open(const BenchOptions& options, SignalWaiter& signals);

    std::uint64_t received() const;
    // Returns the time of the last message, or `otherwise` before the first.
    TimePoint last_arrival(TimePoint otherwise) const;
    std::uint64_t dropped_by_client() const;

    // Ends the subscriptions. Returns the latencies of all messages.
    Histogram finish();

private:
    // Written by the callback thread of its client, read by the main thread.
    struct Receiver {
        explicit Receiver(Connection opened) : connection(std::move(opened)) {}

        std::atomic<std::uint64_t> received{0};
        std::atomic<Clock::rep> last{0};
        Histogram latency;  // read after the end of the subscription
        Connection connection;
        Subscription subscription;  // must end before its client
    };

    static void record_latency(Receiver& receiver, const Message& message, TimePoint now);
    static int subscribe(Receiver& receiver, const BenchOptions& options);

    std::vector<std::unique_ptr<Receiver>> receivers_;
};

}  // namespace telex::cli

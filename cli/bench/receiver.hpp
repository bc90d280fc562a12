#pragma once
// The receiving side of `telex bench`: subscriptions that count, or that answer.
#include "cli/connection/connection.hpp"
#include <telex/client.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace telex::cli {

struct BenchOptions;

class BenchReceivers {
public:
    using Clock = std::chrono::steady_clock;

    BenchReceivers() = default;
    BenchReceivers(const BenchReceivers&) = delete;
    BenchReceivers& operator=(const BenchReceivers&) = delete;

    // Makes the subscriptions; kOk or an exit code after a complaint.
    int open(const BenchOptions& options, Stop& stop);

    std::uint64_t received() const;
    // When the last message arrived; `otherwise` before the first.
    Clock::time_point last_arrival(Clock::time_point otherwise) const;
    std::uint64_t dropped_here() const;

private:
    // Written by the callback thread of its client, read by the thread that waits for the end.
    struct Receiver {
        explicit Receiver(Connection opened) : connection(std::move(opened)) {}

        std::atomic<std::uint64_t> received{0};
        std::atomic<Clock::rep> last{0};
        Connection connection;
        Subscription subscription;  // ends before its client does
    };

    static int subscribe(Receiver& receiver, const BenchOptions& options);

    std::vector<std::unique_ptr<Receiver>> receivers_;
};

}  // namespace telex::cli

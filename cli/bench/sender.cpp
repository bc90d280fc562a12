#include "cli/bench/sender.hpp"

#include "base/time.hpp"
#include "cli/bench/due_time.hpp"
#include "cli/bench/options.hpp"
#include "cli/exit_code.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace telex::cli {
namespace {

// Messages between two updates of the shared counters.
constexpr std::uint64_t kBatch = 64;
constexpr std::chrono::milliseconds kFlushTime{30000};
// Time in which a paced thread notices that it must end.
constexpr std::chrono::milliseconds kHaltTime{100};

}  // namespace

BenchSenders::~BenchSenders() {
    halt();
    join();
}

int BenchSenders::open(const BenchOptions& options, SignalWaiter& signals) {
    const std::uint64_t threads_each = options.mode == BenchMode::request ? options.outstanding : 1;
    for (std::uint64_t left = options.publishers; left > 0; --left) {
        auto opened = open_connection(kBenchCommand, *options.connection, signals);
        if (!opened) {
            return opened.error();
        }
        const auto connection = std::make_shared<Connection>(*std::move(opened));
        for (std::uint64_t i = 0; i < threads_each; ++i) {
            senders_.push_back(std::make_unique<Sender>());
            senders_.back()->connection = connection;
        }
    }
    return kOk;
}

void BenchSenders::start(const BenchOptions& options, SignalWaiter& signals) {
    working_ = senders_.size();
    for (const auto& sender : senders_) {
        sender->thread = std::thread([this, &options, &signals, sender = sender.get()] {
            if (options.mode == BenchMode::request) {
                request(options, *sender);
            } else {
                publish(options, *sender);
            }
            if (working_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
                signals.notify();
            }
        });
    }
}

void BenchSenders::publish(const BenchOptions& options, Sender& sender) {
    if (options.pace) {
        publish_paced(options, sender);
    } else {
        publish_fast(options, sender);
    }
    if (auto flushed = sender.connection->client.flush(kFlushTime); !flushed) {
        failed(sender, flushed.error());
    }
}

void BenchSenders::publish_fast(const BenchOptions& options, Sender& sender) {
    const std::string payload(options.size, 'x');
    Client& client = sender.connection->client;
    std::uint64_t left = options.count.value_or(std::numeric_limits<std::uint64_t>::max());
    while (left > 0 && !halted_.load(std::memory_order_relaxed)) {
        const std::uint64_t batch = std::min(left, kBatch);
        for (std::uint64_t i = 0; i < batch; ++i) {
            if (auto sent = client.publish(options.subject, payload); !sent) {
                sent_.fetch_add(i, std::memory_order_relaxed);
                failed(sender, sent.error());
                return;
            }
        }
        left -= batch;
        sent_.fetch_add(batch, std::memory_order_relaxed);
    }
}

void BenchSenders::publish_paced(const BenchOptions& options, Sender& sender) {
    std::string payload(std::max(options.size, kDueTimeBytes), 'x');
    const std::uint64_t count = options.count.value_or(std::numeric_limits<std::uint64_t>::max());
    const TimePoint begin = Clock::now();
    for (std::uint64_t number = 0; number < count; ++number) {
        const TimePoint due =
            begin + std::chrono::duration_cast<Clock::duration>(options.pace->due(number));
        if (!wait_until(due)) {
            return;
        }
        set_due_time(payload, due);
        if (auto sent = sender.connection->client.publish(options.subject, payload); !sent) {
            failed(sender, sent.error());
            return;
        }
        sent_.fetch_add(1, std::memory_order_relaxed);
    }
}

// Returns false if the threads must end.
bool BenchSenders::wait_until(TimePoint due) const {
    while (!halted_.load(std::memory_order_relaxed)) {
        const TimePoint now = Clock::now();
        if (now >= due) {
            return true;
        }
        std::this_thread::sleep_until(std::min(due, now + kHaltTime));
    }
    return false;
}

void BenchSenders::request(const BenchOptions& options, Sender& sender) {
    const std::string payload(options.size, 'x');
    Client& client = sender.connection->client;
    std::uint64_t left = options.count.value_or(std::numeric_limits<std::uint64_t>::max());
    for (; left > 0 && !halted_.load(std::memory_order_relaxed); --left) {
        const TimePoint begin = Clock::now();
        const auto reply = client.request(options.subject, payload);
        if (!reply) {
            failed(sender, reply.error());
            return;
        }
        sender.latency.record(Clock::now() - begin);
        sent_.fetch_add(1, std::memory_order_relaxed);
    }
}

void BenchSenders::failed(const Sender& sender, const Error& error) {
    errors_.fetch_add(1, std::memory_order_relaxed);
    sender.connection->errors->add(error);
}

Histogram BenchSenders::join() {
    Histogram latency;
    for (const auto& sender : senders_) {
        if (sender->thread.joinable()) {
            sender->thread.join();
        }
        latency.merge(sender->latency);
    }
    return latency;
}

}  // namespace telex::cli

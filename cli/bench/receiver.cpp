#include "cli/bench/receiver.hpp"

#include "cli/bench/due_time.hpp"
#include "cli/bench/options.hpp"
#include "cli/exit_code.hpp"

#include <algorithm>
#include <utility>

namespace telex::cli {
namespace {

// Large enough that this client does not drop messages.
constexpr std::size_t kMaxPendingMessages = std::size_t{4} << 20U;
constexpr std::size_t kMaxPendingBytes = std::size_t{1} << 30U;

}  // namespace

int BenchReceivers::open(const BenchOptions& options, SignalWaiter& signals) {
    for (std::uint64_t left = options.subscribers; left > 0; --left) {
        auto connection = open_connection(kBenchCommand, *options.connection, signals);
        if (!connection) {
            return connection.error();
        }
        receivers_.push_back(std::make_unique<Receiver>(*std::move(connection)));
        if (const int code = subscribe(*receivers_.back(), options); code != kOk) {
            return code;
        }
    }
    return kOk;
}

int BenchReceivers::subscribe(Receiver& receiver, const BenchOptions& options) {
    SubscribeOptions how;
    how.slow_policy = SlowPolicy::block;
    how.max_pending_messages = kMaxPendingMessages;
    how.max_pending_bytes = kMaxPendingBytes;
    const bool replies = options.mode == BenchMode::request;
    if (replies) {
        how.queue_group = "bench";
    }
    auto subscription = receiver.connection.client.subscribe(
        options.subject,
        [&receiver, replies, measures = options.measures_delivery()](const Message& message) {
            const TimePoint now = Clock::now();
            if (measures) {
                record_latency(receiver, message, now);
            }
            if (replies) {
                if (auto sent = receiver.connection.client.respond(message, message.payload);
                    !sent) {
                    receiver.connection.errors->add(sent.error());
                }
            }
            receiver.received.fetch_add(1, std::memory_order_relaxed);
            receiver.last.store(now.time_since_epoch().count(), std::memory_order_relaxed);
        },
        how
    );
    if (!subscription) {
        return fail(kBenchCommand, subscription.error());
    }
    receiver.subscription = *std::move(subscription);
    return kOk;
}

void BenchReceivers::record_latency(Receiver& receiver, const Message& message, TimePoint now) {
    if (const auto due = due_time(message.payload)) {
        receiver.latency.record(now - *due);
    }
}

Histogram BenchReceivers::finish() {
    Histogram latency;
    for (const auto& receiver : receivers_) {
        receiver->subscription = Subscription();
        latency.merge(receiver->latency);
    }
    return latency;
}

std::uint64_t BenchReceivers::received() const {
    std::uint64_t sum = 0;
    for (const auto& receiver : receivers_) {
        sum += receiver->received.load(std::memory_order_relaxed);
    }
    return sum;
}

TimePoint BenchReceivers::last_arrival(TimePoint otherwise) const {
    Clock::rep last = 0;
    for (const auto& receiver : receivers_) {
        last = std::max(last, receiver->last.load(std::memory_order_relaxed));
    }
    return last == 0 ? otherwise : TimePoint(Clock::duration(last));
}

std::uint64_t BenchReceivers::dropped_by_client() const {
    std::uint64_t sum = 0;
    for (const auto& receiver : receivers_) {
        sum += receiver->subscription.statistics().dropped;
    }
    return sum;
}

}  // namespace telex::cli

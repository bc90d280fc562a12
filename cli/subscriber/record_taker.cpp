#include "cli/subscriber/record_taker.hpp"

#include <chrono>
#include <cstddef>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::chrono::milliseconds kNextRecord = std::chrono::hours(24 * 365);
// Acknowledged together while messages keep arriving.
constexpr std::size_t kMostUnacknowledged = 64;

}  // namespace

RecordTaker::RecordTaker(
    Consumer consumer, MessageSink& sink, SignalWaiter& signals, bool acknowledges
)
    : sink_(sink), signals_(signals), acknowledges_(acknowledges), consumer_(std::move(consumer)) {}

RecordTaker::~RecordTaker() {
    stop();
}

void RecordTaker::start() {
    thread_ = std::thread([this] {
        run();
        signals_.notify();
    });
}

void RecordTaker::stop() {
    {
        const std::scoped_lock lock(mutex_);
        if (!std::exchange(stopped_, true)) {
            (void)acknowledge();            // the caller notices the end of the output
            (void)consumer_.unsubscribe();  // fails only if it has ended
        }
    }
    if (thread_.joinable()) {
        thread_.join();
    }
}

void RecordTaker::run() {
    while (take_next()) {
    }
    const std::scoped_lock lock(mutex_);
    if (!stopped_) {
        (void)acknowledge();  // the caller notices the end of the output
    }
}

bool RecordTaker::take_next() {
    if (auto waiting = consumer_.try_next()) {
        return write(*std::move(waiting));
    }
    {
        const std::scoped_lock lock(mutex_);
        if (stopped_ || !acknowledge()) {
            return false;
        }
    }
    auto next = consumer_.next(kNextRecord);
    if (next) {
        return write(*std::move(next));
    }
    if (next.error().code != Errc::subscription_ended) {
        error_ = next.error();
    }
    return false;
}

bool RecordTaker::write(ConsumedMessage message) {
    const std::scoped_lock lock(mutex_);
    if (stopped_) {
        return false;
    }
    const bool goes_on = sink_.take(message.message);
    if (acknowledges_) {
        written_.push_back(std::move(message));
    }
    return goes_on && (written_.size() < kMostUnacknowledged || acknowledge());
}

bool RecordTaker::acknowledge() {
    const bool is_written = sink_.flush();
    for (const ConsumedMessage& message : written_) {
        if (is_written) {
            (void)message.ack();  // of a lost connection: it comes again
        }
    }
    written_.clear();
    return is_written;
}

}  // namespace telex::cli

#include "cli/bench/run.hpp"

#include "base/time.hpp"
#include "cli/bench/receiver.hpp"
#include "cli/bench/sender.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/progress.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

namespace telex::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{200};
// If no message arrives for this long, the rest is lost.
constexpr milliseconds kStallTime{2000};

double seconds(Clock::duration time) {
    return std::chrono::duration<double>(time).count();
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

rusage own_usage() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage;
}

class Bench {
public:
    Bench(const BenchOptions& options, SignalWaiter& signals)
        : options_(options), signals_(signals) {}

    BenchResult run() {
        if ((result_.exit_code = open()) != kOk) {
            return std::move(result_);
        }
        const rusage before = own_usage();
        begin_ = Clock::now();
        if (sends()) {
            senders_.start(options_, signals_);
            wait_for_senders();
        } else {
            wait_for_messages(end_time(), wanted_messages());
        }
        finish(before);
        return std::move(result_);
    }

private:
    bool sends() const { return options_.mode != BenchMode::sub; }

    bool receives() const {
        return options_.mode != BenchMode::pub &&
               !(options_.mode == BenchMode::request && options_.external);
    }

    int open() {
        if (receives()) {
            if (const int code = receivers_.open(options_, signals_); code != kOk) {
                return code;
            }
        }
        return sends() ? senders_.open(options_, signals_) : kOk;
    }

    // None if a count ends the run.
    std::optional<TimePoint> end_time() const {
        return options_.count ? std::nullopt : std::optional(begin_ + options_.duration);
    }

    std::uint64_t wanted_messages() const {
        return options_.count.value_or(0) * options_.subscribers;
    }

    // Waits for the next tick, `end` or a notification. Records Ctrl-C.
    void tick(std::optional<TimePoint> end) {
        milliseconds wait = kTick;
        if (end) {
            const auto left = std::chrono::ceil<milliseconds>(*end - Clock::now());
            wait = std::clamp(left, milliseconds(0), kTick);
        }
        if (signals_.wait(wait, Watch::signals_only) == Wake::interrupted) {
            result_.interrupted = true;
        }
        if (progress_.due()) {
            progress_.show(fmt::format(
                "{:.0f} s: {} sent, {} received",
                seconds(Clock::now() - begin_),
                senders_.sent(),
                receivers_.received()
            ));
        }
    }

    void wait_for_senders() {
        const auto end = end_time();
        while (!senders_.done() && !result_.interrupted && !(end && Clock::now() >= *end)) {
            tick(end);
        }
        senders_.halt();
        result_.latency.merge(senders_.join());
        result_.published = senders_.sent();
        result_.publish_seconds = seconds(Clock::now() - begin_);
        if (options_.mode == BenchMode::pubsub) {
            result_.expected = result_.published * options_.subscribers;
            if (!result_.interrupted) {
                wait_for_messages(std::nullopt, result_.expected);
            }
        }
    }

    // Waits for `wanted` messages; 0 means until `end` or Ctrl-C.
    void wait_for_messages(std::optional<TimePoint> end, std::uint64_t wanted) {
        std::uint64_t seen = receivers_.received();
        TimePoint progress_at = Clock::now();
        for (;;) {
            const std::uint64_t received = receivers_.received();
            const TimePoint now = Clock::now();
            if (received != seen) {
                seen = received;
                progress_at = now;
            }
            const bool complete = wanted != 0 && received >= wanted;
            const bool stalled = sends() && now - progress_at > kStallTime;
            if (complete || stalled || result_.interrupted || (end && now >= *end)) {
                return;
            }
            tick(end);
        }
    }

    void finish(const rusage& before) {
        const TimePoint now = Clock::now();
        result_.received = receivers_.received();
        result_.receive_seconds = seconds(receivers_.last_arrival(now) - begin_);
        result_.dropped_by_client = receivers_.dropped_by_client();
        if (options_.measures_delivery()) {
            result_.latency = receivers_.finish();
        }
        result_.errors = senders_.errors();
        const rusage after = own_usage();
        result_.user_seconds = seconds(after.ru_utime) - seconds(before.ru_utime);
        result_.system_seconds = seconds(after.ru_stime) - seconds(before.ru_stime);
        if (result_.interrupted) {
            result_.exit_code = kInterrupted;
        } else if (result_.errors != 0 || result_.received < result_.expected) {
            result_.exit_code = kRefused;
        }
    }

    const BenchOptions& options_;
    SignalWaiter& signals_;
    BenchReceivers receivers_;
    BenchSenders senders_;
    Progress progress_;
    TimePoint begin_;
    BenchResult result_;
};

}  // namespace

BenchResult run_bench(const BenchOptions& options, SignalWaiter& signals) {
    return Bench(options, signals).run();
}

}  // namespace telex::cli

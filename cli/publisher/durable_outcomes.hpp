#pragma once
// The outcomes of the durable publications of `telex pub`: prints where each message is stored, in
// the order of the publications.
#include "cli/options/common_options.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/signal_waiter.hpp"
#include <telex/client.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace telex::cli {

// Returns a line such as "ORDERS 41" or "ORDERS 41 duplicate", or an object of JSON.
std::string stored_line(const StoredAt& stored, Format format);

// Must outlive the client's callbacks. Main thread, except for the handlers.
class DurableOutcomes {
public:
    DurableOutcomes(SignalWaiter& signals, Format format);

    // The handler of the next publication.
    StoredHandler next();
    // The publication of the last handler was not sent.
    void forget_last();
    // Prints until fewer than `limit` publications have no outcome, at least one. Returns the exit
    // code; kOk means continue.
    int wait_below(std::size_t limit);

private:
    using Outcome = std::optional<Expected<StoredAt>>;

    void arrive(std::uint64_t number, Expected<StoredAt> outcome);
    // Prints what has arrived. Returns the exit code.
    int print_arrived();
    std::size_t waiting() const;
    // Returns the oldest outcome, if it has arrived.
    Outcome take_oldest();

    SignalWaiter& signals_;
    const Format format_;
    Output output_;
    mutable std::mutex mutex_;
    // By number, from `first_` on; guarded by the mutex.
    std::deque<Outcome> outcomes_;
    std::uint64_t first_ = 0;
};

}  // namespace telex::cli

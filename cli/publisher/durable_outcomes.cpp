#include "cli/publisher/durable_outcomes.hpp"

#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/publisher/publisher.hpp"
#include "cli/terminal/json_line.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <utility>

namespace telex::cli {

std::string stored_line(const StoredAt& stored, Format format) {
    if (format == Format::json) {
        const nlohmann::ordered_json line{
            {"stream", stored.stream},
            {"sequence", stored.sequence},
            {"duplicate", stored.duplicate},
        };
        return json_line(line);
    }
    return fmt::format(
        "{} {}{}\n", stored.stream, stored.sequence, stored.duplicate ? " duplicate" : ""
    );
}

DurableOutcomes::DurableOutcomes(SignalWaiter& signals, Format format)
    : signals_(signals), format_(format), output_(STDOUT_FILENO) {}

StoredHandler DurableOutcomes::next() {
    const std::scoped_lock lock(mutex_);
    const std::uint64_t number = first_ + outcomes_.size();
    outcomes_.emplace_back();
    return [this, number](Expected<StoredAt> outcome) { arrive(number, std::move(outcome)); };
}

void DurableOutcomes::forget_last() {
    const std::scoped_lock lock(mutex_);
    outcomes_.pop_back();
}

void DurableOutcomes::arrive(std::uint64_t number, Expected<StoredAt> outcome) {
    {
        const std::scoped_lock lock(mutex_);
        outcomes_[number - first_] = std::move(outcome);
    }
    signals_.notify();
}

DurableOutcomes::Outcome DurableOutcomes::take_oldest() {
    const std::scoped_lock lock(mutex_);
    if (outcomes_.empty() || !outcomes_.front()) {
        return std::nullopt;
    }
    Outcome oldest = std::move(outcomes_.front());
    outcomes_.pop_front();
    ++first_;
    return oldest;
}

std::size_t DurableOutcomes::waiting() const {
    const std::scoped_lock lock(mutex_);
    return outcomes_.size();
}

int DurableOutcomes::print_arrived() {
    while (const Outcome outcome = take_oldest()) {
        if (!*outcome) {
            output_.flush();
            return fail(kPubCommand, outcome->error());
        }
        output_.write(stored_line(**outcome, format_));
    }
    output_.flush();
    return output_.exit_code(kPubCommand);
}

int DurableOutcomes::wait_below(std::size_t limit) {
    for (;;) {
        if (const int code = print_arrived(); code != kOk || waiting() < limit) {
            return code;
        }
        if (signals_.wait(std::nullopt, Watch::signals_only) == Wake::interrupted) {
            return kInterrupted;
        }
    }
}

}  // namespace telex::cli

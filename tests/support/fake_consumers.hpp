#pragma once
// A storage of consumers that records its calls, and delivers when a test tells it to.
//
// Any thread.
#include "exchange/exchange.hpp"
#include "exchange/stream_consumers.hpp"
#include "wire/writer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::testing {

// Records of one member, on the subject "log.N" with their sequences.
class FakeDeliveries final : public exchange::DeliveryBatch {
public:
    FakeDeliveries(
        exchange::MemberId to, std::uint64_t first, std::uint64_t last, std::uint32_t attempt = 1
    ) {
        member = to;
        const auto count = static_cast<std::size_t>(last - first + 1);
        subjects_.reserve(count);
        bodies_.reserve(count);
        for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
            std::string& subject = subjects_.emplace_back("log." + std::to_string(sequence));
            wire::append_message(bodies_.emplace_back(), subject, "payload");
            bytes += bodies_.back().size();
            records.push_back(
                {.sequence = sequence,
                 .time = 1,
                 .attempt = attempt,
                 .redelivered = attempt > 1,
                 .subject = subject,
                 .body = bodies_.back()}
            );
        }
    }

private:
    std::vector<std::string> subjects_;
    std::vector<std::string> bodies_;
};

class FakeConsumers final : public exchange::StreamConsumers {
public:
    void attach(Attach attach) override {
        const std::scoped_lock lock(mutex_);
        note("attach " + attach.stream + " " + attach.consumer);
        attached_.push_back(std::move(attach));
    }

    void detach(exchange::MemberId member) override {
        const std::scoped_lock lock(mutex_);
        note("detach " + name_of(member));
    }

    void add_credit(exchange::MemberId member, std::uint64_t messages) override {
        const std::scoped_lock lock(mutex_);
        note("credit " + name_of(member) + " " + std::to_string(messages));
    }

    void take_outcomes(std::vector<exchange::RecordOutcome> outcomes) override {
        const std::scoped_lock lock(mutex_);
        std::string line = "outcomes";
        for (const exchange::RecordOutcome& outcome : outcomes) {
            constexpr const char* kKinds[] = {"ack", "nak", "progress", "term"};
            line += std::string(" ") + kKinds[static_cast<std::size_t>(outcome.kind)] + " " +
                    name_of(outcome.member) + " " + std::to_string(outcome.first) + "-" +
                    std::to_string(outcome.last);
            if (outcome.delay.count() != 0) {
                line += " after " + std::to_string(outcome.delay.count());
            }
        }
        note(std::move(line));
    }

    void take_back(std::unique_ptr<exchange::DeliveryBatch> batch) override {
        const std::scoped_lock lock(mutex_);
        note("back " + std::to_string(batch->records.front().sequence));
    }

    // The calls since the last one. A member is named by its place in the order of attach().
    std::vector<std::string> calls() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(calls_, {});
    }

    Attach attached(std::size_t index) const {
        const std::scoped_lock lock(mutex_);
        return attached_.at(index);
    }

    exchange::MemberId member(std::size_t index) const { return attached(index).member; }

private:
    std::string name_of(exchange::MemberId member) const {
        for (std::size_t i = 0; i < attached_.size(); ++i) {
            if (attached_[i].member == member) {
                return "m" + std::to_string(i);
            }
        }
        return "unknown";
    }

    void note(std::string call) { calls_.push_back(std::move(call)); }

    mutable std::mutex mutex_;
    std::vector<std::string> calls_;
    std::vector<Attach> attached_;
};

}  // namespace telex::testing

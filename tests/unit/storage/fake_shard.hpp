#pragma once
// A shard for tests of the engine: offers messages, and notes the answers.
#include "exchange/stream_storage.hpp"
#include "storage/engine.hpp"
#include "telex/v1/telex.pb.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace telex::storage::test {

// A message for offers.
inline v1::Message message(std::string subject, std::string payload = "x", std::string id = {}) {
    v1::Message made;
    made.set_subject(std::move(subject));
    made.set_payload(std::move(payload));
    made.set_id(std::move(id));
    return made;
}

class OwnedBatch final : public exchange::OfferBatch {
public:
    void add(exchange::StreamNumber stream, const v1::Message& message) {
        const std::string& body = bodies_.emplace_back(message.SerializeAsString());
        const std::string& subject = subjects_.emplace_back(message.subject());
        offers.push_back({stream, subject, body});
    }

private:
    std::deque<std::string> bodies_;
    std::deque<std::string> subjects_;
};

// Its use is optional, unlike that of a result.
using Answer = exchange::StreamDecision;

// Any thread.
class FakeShard final : public exchange::OfferSource {
public:
    explicit FakeShard(std::uint16_t number = 0) : number_(number) {}

    // Offers a batch. Returns its number.
    std::uint64_t offer(
        Engine& engine, exchange::StreamNumber stream, const std::vector<v1::Message>& messages
    ) {
        auto batch = std::make_unique<OwnedBatch>();
        batch->shard = number_;
        batch->number = ++offered_;
        for (const v1::Message& message : messages) {
            batch->add(stream, message);
        }
        const std::uint64_t number = batch->number;
        engine.offer(std::move(batch));
        return number;
    }

    // Waits for the decisions about a batch.
    std::vector<exchange::StreamDecision> decisions(std::uint64_t batch) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return decisions_.contains(batch); });
        return decisions_[batch];
    }

    // Waits for the commit of a batch. Returns its failure.
    v1::ErrorCode committed(std::uint64_t batch) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !commits_.empty() && commits_.back().first >= batch; });
        for (const auto& [number, failure] : commits_) {
            if (number >= batch) {
                return failure;
            }
        }
        return v1::ERROR_CODE_UNSPECIFIED;
    }

    // The batches that were named by commits, in order.
    std::vector<std::pair<std::uint64_t, v1::ErrorCode>> commits() const {
        const std::lock_guard lock(mutex_);
        return commits_;
    }

    // Offers one message, and waits for both answers.
    Answer publish(Engine& engine, exchange::StreamNumber stream, const v1::Message& message) {
        const std::uint64_t batch = offer(engine, stream, {message});
        const exchange::StreamDecision decision = decisions(batch).front();
        committed(batch);
        return decision;
    }

    exchange::CaptureTablePtr captures() const {
        const std::lock_guard lock(mutex_);
        return captures_;
    }

    // Holds the replies to use_captures() until the next call of release_captures().
    void hold_captures() {
        const std::lock_guard lock(mutex_);
        holding_ = true;
    }

    void release_captures() {
        std::vector<std::function<void()>> held;
        {
            const std::lock_guard lock(mutex_);
            holding_ = false;
            held = std::move(held_);
        }
        for (const auto& done : held) {
            done();
        }
    }

    void await_held_captures() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !held_.empty(); });
    }

    // --- exchange::OfferSource
    void take_decisions(std::unique_ptr<exchange::OfferBatch> batch) override {
        const std::lock_guard lock(mutex_);
        decisions_[batch->number] = batch->decisions;
        changed_.notify_all();
    }

    void take_commit(std::uint64_t batch, v1::ErrorCode failure) override {
        const std::lock_guard lock(mutex_);
        commits_.emplace_back(batch, failure);
        changed_.notify_all();
    }

    void use_captures(exchange::CaptureTablePtr table, std::function<void()> done) override {
        {
            const std::lock_guard lock(mutex_);
            captures_ = std::move(table);
            if (holding_) {
                held_.push_back(std::move(done));
                changed_.notify_all();
                return;
            }
        }
        done();
    }

private:
    const std::uint16_t number_;
    std::uint64_t offered_ = 0;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::uint64_t, std::vector<exchange::StreamDecision>> decisions_;
    std::vector<std::pair<std::uint64_t, v1::ErrorCode>> commits_;
    exchange::CaptureTablePtr captures_;
    bool holding_ = false;
    std::vector<std::function<void()>> held_;
};

}  // namespace telex::storage::test

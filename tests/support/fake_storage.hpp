#pragma once
// A storage of streams that decides when a test tells it to, and stores nothing.
//
// Any thread.
#include "exchange/exchange.hpp"
#include "exchange/stream_storage.hpp"
#include "wire/frame_view.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace telex::testing {

class FakeStorage final : public exchange::StreamStorage {
public:
    using Decide = std::function<exchange::StreamDecision(
        const exchange::OfferedMessage& offer, const wire::MessageView& message
    )>;

    void offer(std::unique_ptr<exchange::OfferBatch> batch) override {
        const std::scoped_lock lock(mutex_);
        batches_.push_back(std::move(batch));
    }

    void query(Query, std::function<void(QueryReply)> reply) override {
        reply({.failure = v1::NO_RESPONDERS});
    }

    // Batches that wait for their decisions.
    std::size_t waiting() const {
        const std::scoped_lock lock(mutex_);
        return batches_.size();
    }

    // The subjects of the offers that wait, each after the number of its stream.
    std::vector<std::string> offers() const {
        const std::scoped_lock lock(mutex_);
        std::vector<std::string> all;
        for (const auto& batch : batches_) {
            for (const exchange::OfferedMessage& offer : batch->offers) {
                all.push_back(std::to_string(offer.stream) + " " + std::string(offer.subject));
            }
        }
        return all;
    }

    // Decides about all batches that wait; by default accepts each message.
    void decide(exchange::Exchange& exchange, const Decide& decide = {}) {
        std::vector<std::unique_ptr<exchange::OfferBatch>> batches;
        {
            const std::scoped_lock lock(mutex_);
            batches.swap(batches_);
        }
        for (auto& batch : batches) {
            for (const exchange::OfferedMessage& offer : batch->offers) {
                batch->decisions.push_back(
                    decide ? decide(offer, wire::scan_message(offer.body).value())
                           : exchange::StreamDecision{.sequence = ++sequence_}
                );
            }
            decided_[batch->shard] = batch->number;
            exchange.shard(batch->shard).capture().take_decisions(std::move(batch));
        }
    }

    // Reports the commit of everything that is decided.
    void commit(exchange::Exchange& exchange, v1::ErrorCode failure = v1::ERROR_CODE_UNSPECIFIED) {
        for (const auto& [shard, batch] : std::exchange(decided_, {})) {
            exchange.shard(shard).capture().take_commit(batch, failure);
        }
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<exchange::OfferBatch>> batches_;
    // By shard: its newest batch that is decided. Used by the test's thread only.
    std::map<std::uint16_t, std::uint64_t> decided_;
    std::uint64_t sequence_ = 0;
};

}  // namespace telex::testing

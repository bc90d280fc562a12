#pragma once
// The calls of shards about their members, in their order, until the storage thread takes them: all
// at once, by one task of its loop.
#include "exchange/stream_consumers.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

namespace telex::storage {

struct DetachCall {
    exchange::MemberId member;
};

struct CreditCall {
    exchange::MemberId member;
    std::uint64_t messages = 0;
};

using ConsumerCall = std::variant<
    exchange::StreamConsumers::Attach,
    DetachCall,
    CreditCall,
    std::vector<exchange::RecordOutcome>,
    std::unique_ptr<exchange::DeliveryBatch>>;

// Owner: the engine. Any thread.
class ConsumerMail final : public exchange::StreamConsumers {
public:
    // `wake` is called if there was no call before; it must lead to take().
    explicit ConsumerMail(std::function<void()> wake) : wake_(std::move(wake)) {}

    void attach(Attach attach) override { add(std::move(attach)); }

    void detach(exchange::MemberId member) override { add(DetachCall{member}); }

    void add_credit(exchange::MemberId member, std::uint64_t messages) override {
        add(CreditCall{member, messages});
    }

    void take_outcomes(std::vector<exchange::RecordOutcome> outcomes) override {
        add(std::move(outcomes));
    }

    void take_back(std::unique_ptr<exchange::DeliveryBatch> batch) override {
        add(std::move(batch));
    }

    // All calls since the last one, in their order. `calls` is empty before; its memory is used
    // again.
    void take(std::vector<ConsumerCall>& calls);
    // Later calls are ignored.
    void close();

private:
    void add(ConsumerCall call);

    std::function<void()> wake_;
    std::mutex mutex_;
    std::vector<ConsumerCall> calls_;
    bool closed_ = false;
};

}  // namespace telex::storage

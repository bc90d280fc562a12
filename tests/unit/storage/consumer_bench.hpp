#pragma once
// Consumers of a stream "s" in an engine, with members of the test.
#include "exchange/stream_consumers.hpp"
#include "unit/storage/running_engine.hpp"

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

using exchange::MemberId;
using exchange::RecordOutcome;

struct Received {
    MemberId member;
    std::uint64_t sequence = 0;
    std::uint32_t attempt = 0;
    bool redelivered = false;
    std::string subject;
    std::string payload;
};

struct DeadCopy {
    access::AccountId account = access::kDefaultAccount;
    std::string subject;
    v1::Message message;
    bool stored = false;
};

// The shard of the members. Any thread.
class FakeMembers final : public exchange::MemberSource {
public:
    // Gets each batch once its records are noted. Otherwise batches are held.
    std::function<void(std::unique_ptr<exchange::DeliveryBatch>)> give_back;

    v1::ErrorCode attached(MemberId member) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return attached_.contains(member); });
        return attached_[member].first;
    }

    bool is_answered(MemberId member) {
        const std::lock_guard lock(mutex_);
        return attached_.contains(member);
    }

    std::string attach_text(MemberId member) {
        const std::lock_guard lock(mutex_);
        return attached_[member].second;
    }

    v1::ErrorCode detached(MemberId member) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return detached_.contains(member); });
        return detached_[member];
    }

    // Waits for this number of records, and forgets them.
    std::vector<Received> receive(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return received_.size() >= count; });
        return std::exchange(received_, {});
    }

    // Without waiting.
    std::vector<Received> received() {
        const std::lock_guard lock(mutex_);
        return std::exchange(received_, {});
    }

    std::vector<std::unique_ptr<exchange::DeliveryBatch>> held() {
        const std::lock_guard lock(mutex_);
        return std::exchange(held_, {});
    }

    std::size_t held_bytes() {
        const std::lock_guard lock(mutex_);
        std::size_t bytes = 0;
        for (const auto& batch : held_) {
            bytes += batch->bytes;
        }
        return bytes;
    }

    DeadCopy dead_copy() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !dead_.empty(); });
        DeadCopy copy = std::move(dead_.front());
        dead_.pop_front();
        return copy;
    }

    // --- exchange::MemberSource
    void take_attached(MemberId member, v1::ErrorCode failure, std::string text) override {
        const std::lock_guard lock(mutex_);
        attached_[member] = {failure, std::move(text)};
        changed_.notify_all();
    }

    void take_deliveries(std::unique_ptr<exchange::DeliveryBatch> batch) override {
        {
            const std::lock_guard lock(mutex_);
            for (const exchange::DeliveredRecord& record : batch->records) {
                v1::Message message;
                EXPECT_TRUE(
                    message.ParseFromArray(record.body.data(), static_cast<int>(record.body.size()))
                );
                received_.push_back(
                    {batch->member,
                     record.sequence,
                     record.attempt,
                     record.redelivered,
                     std::string(record.subject),
                     message.payload()}
                );
            }
            if (!give_back) {
                held_.push_back(std::move(batch));
            }
            changed_.notify_all();
        }
        if (batch) {
            give_back(std::move(batch));
        }
    }

    void take_detached(MemberId member, v1::ErrorCode reason, std::string /*text*/) override {
        const std::lock_guard lock(mutex_);
        detached_[member] = reason;
        changed_.notify_all();
    }

    void publish(access::AccountId account, std::string subject, std::string body, bool stored)
        override {
        const std::lock_guard lock(mutex_);
        DeadCopy& copy = dead_.emplace_back();
        copy.account = account;
        copy.subject = std::move(subject);
        EXPECT_TRUE(copy.message.ParseFromString(body));
        copy.stored = stored;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<MemberId, std::pair<v1::ErrorCode, std::string>> attached_;
    std::map<MemberId, v1::ErrorCode> detached_;
    std::vector<Received> received_;
    std::vector<std::unique_ptr<exchange::DeliveryBatch>> held_;
    std::deque<DeadCopy> dead_;
};

inline MemberId member(std::uint32_t number) {
    return {.client = {.reactor = 0, .slot = number, .generation = 1}, .subscription = 1};
}

class ConsumerBench {
public:
    using Attach = exchange::StreamConsumers::Attach;

    explicit ConsumerBench(
        const v1::StreamConfig& config = stream_config("s", {"a.>"}),
        std::shared_ptr<store::Store> store = std::make_shared<store::MemoryStore>()
    )
        : running(std::move(store)) {
        running.member_shards = {&members};
        return_batches();
        restart();
        stream = running.create(config);
    }

    // No member is attached afterwards.
    void restart() {
        running.restart();
        calls_ = &running.engine().consumers();
    }

    void return_batches() {
        members.give_back = [this](std::unique_ptr<exchange::DeliveryBatch> batch) {
            calls_->take_back(std::move(batch));
        };
    }

    exchange::StreamConsumers& consumers() { return *calls_; }

    // Of the consumer "c".
    static Attach attach_of(
        std::uint32_t number, const v1::ConsumerConfig& config = {}, std::uint64_t credit = 1'000
    ) {
        Attach attach;
        attach.member = member(number);
        attach.stream = "s";
        attach.consumer = "c";
        attach.create = config.SerializeAsString();
        attach.creates = true;
        attach.credit = credit;
        return attach;
    }

    v1::ErrorCode attach(Attach attach) {
        const MemberId id = attach.member;
        consumers().attach(std::move(attach));
        return members.attached(id);
    }

    v1::ErrorCode attach(
        std::uint32_t number, const v1::ConsumerConfig& config = {}, std::uint64_t credit = 1'000
    ) {
        return attach(attach_of(number, config, credit));
    }

    void settle(
        std::uint32_t number,
        std::uint64_t first,
        std::uint64_t last,
        RecordOutcome::Kind kind = RecordOutcome::Kind::ack,
        std::chrono::milliseconds delay = {}
    ) {
        consumers().take_outcomes(
            {{.member = member(number), .first = first, .last = last, .kind = kind, .delay = delay}}
        );
        running.turn();
    }

    void ack(std::uint32_t number, std::uint64_t sequence) { settle(number, sequence, sequence); }

    // Stores a message on a subject.
    std::uint64_t publish(const std::string& subject, const std::string& payload = "x") {
        return running.shard()
            .publish(running.engine(), stream, message(subject, payload))
            .sequence;
    }

    // All that can be done now is done.
    void rest() {
        for (int i = 0; i < 8; ++i) {
            running.turn();
        }
    }

    v1::ConsumerInfo info(const std::string& name = "c") {
        const auto found = running.engine().consumer_info({"", "s", name});
        EXPECT_TRUE(found.has_value()) << (found ? "" : found.error().text);
        return found ? *found : v1::ConsumerInfo();
    }

    FakeMembers members;
    RunningEngine running;
    exchange::StreamNumber stream = 0;

private:
    // Of the engine: also while it ends.
    exchange::StreamConsumers* calls_ = nullptr;
};

inline std::vector<std::uint64_t> sequences_of(const std::vector<Received>& records) {
    std::vector<std::uint64_t> sequences;
    for (const Received& record : records) {
        sequences.push_back(record.sequence);
    }
    return sequences;
}

}  // namespace telex::storage::test

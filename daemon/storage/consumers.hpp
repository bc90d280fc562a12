#pragma once
// The consumers of all streams: takes the calls of shards, and delivers in the turns of the storage
// thread.
//
//   mail: attach, credit, outcomes, batches back --.
//   commit: new records ---------------------------+--> consumers with work --> a bounded turn
//   time: deadlines -------------------------------'            of each --> batches to shards
//
// Changes of a consumer go to the disk as snapshots with the next groups.
#include "exchange/stream_consumers.hpp"
#include "storage/consumer_creation.hpp"
#include "storage/consumer_mail.hpp"
#include "storage/consumer_set.hpp"
#include "storage/consumer_snapshots.hpp"
#include "storage/dead_letters.hpp"
#include "storage/engine_parts.hpp"
#include "storage/loop_guest.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace telex::storage {

// Owner: the engine. The storage thread, except for calls().
class Consumers final : public LoopGuest {
public:
    // `parts` must outlive it.
    explicit Consumers(const EngineParts& parts);

    // For shards, any thread.
    exchange::StreamConsumers& calls() { return mail_; }

    // In the order of the shards' numbers. They must outlive the storage thread. Before it starts.
    void use_shards(std::vector<exchange::MemberSource*> shards) { shards_ = std::move(shards); }

    // Reads the consumers of a stream from the store. Errors: STREAM_DAMAGED.
    [[nodiscard]] StreamResult<void> restore(const StreamRuntime& stream);

    // Takes the last calls, and writes the last snapshots with the next group.
    void finish();

    // --- operators
    // Null if there is no such consumer.
    ConsumerRuntime* find(exchange::StreamNumber stream, std::string_view name) {
        return set_.find(stream, name);
    }

    template <class Function>
    void for_each_of(exchange::StreamNumber stream, Function&& visit) {
        set_.for_each_of(stream, visit);
    }

    // Its removal is written with the next group.
    void remove(ConsumerRuntime& consumer, v1::ErrorCode reason, const std::string& text);
    void pause(ConsumerRuntime& consumer, std::chrono::milliseconds time);

    // --- LoopGuest
    void join_group(CommitGroup& group, TimePoint now) override;
    void take_commit(const CommitGroup& group) override;
    void run_turn(TimePoint now) override;
    TimePoint next_turn(bool may_commit) const override;

private:
    struct Membership {
        ConsumerRuntime* consumer = nullptr;
        streams::MemberId number = streams::kNoMember;
    };

    void take_mail();
    void take(exchange::StreamConsumers::Attach& attach);
    void take(const DetachCall& call);
    void take(const CreditCall& call);
    void take(const std::vector<exchange::RecordOutcome>& outcomes);
    void take(const std::unique_ptr<exchange::DeliveryBatch>& batch);
    void run_consumer(ConsumerRuntime& consumer, std::size_t& reads, TimePoint now);
    void end_denied(ConsumerRuntime& consumer, TimePoint now);
    void end_members(ConsumerRuntime& consumer, v1::ErrorCode reason, const std::string& text);
    void end_stream(exchange::StreamNumber stream);
    exchange::MemberSource* shard_of(exchange::MemberId member) const;

    const EngineParts& parts_;
    ConsumerSet set_;
    ConsumerSnapshots snapshots_;
    ConsumerCreation creation_;
    DeadLetters dead_letters_;
    ConsumerMail mail_;
    std::vector<ConsumerCall> calls_;
    std::vector<exchange::MemberSource*> shards_;
    std::map<exchange::MemberId, Membership> members_;
    std::vector<store::CursorKey> removed_;
    bool wants_commit_ = false;  // something waits for the next group
    bool finished_ = false;
};

}  // namespace telex::storage

#include "storage/consumers.hpp"

#include "storage/consumer_restore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

namespace telex::storage {

namespace {

// Of one turn of the storage thread: about a millisecond.
constexpr std::size_t kConsumersPerTurn = 16;
constexpr std::size_t kReadsPerTurn = 64;  // blocks from the disk
// Records in flight of all consumers, 56 bytes each. Beyond, each may have a thousand.
constexpr std::size_t kMaxFlights = 4'000'000;

}  // namespace

Consumers::Consumers(const EngineParts& parts)
    : parts_(parts),
      snapshots_(
          set_,
          [this](ConsumerRuntime& consumer, const CommitOutcome& outcome) {
              if (outcome.ok()) {
                  consumer.confirm_members();
              } else {
                  remove(consumer, v1::STORAGE_FAILED, outcome.text);
              }
          }
      ),
      creation_(parts, set_),
      dead_letters_(parts, set_),
      mail_([this] { parts_.loop.post([this] { take_mail(); }); }) {}

StreamResult<void> Consumers::restore(const StreamRuntime& stream) {
    return restore_consumers(parts_, stream, set_);
}

exchange::MemberSource* Consumers::shard_of(exchange::MemberId member) const {
    return member.client.reactor < shards_.size() ? shards_[member.client.reactor] : nullptr;
}

// --- calls of shards

void Consumers::take_mail() {
    if (finished_) {
        return;
    }
    mail_.take(calls_);
    for (ConsumerCall& call : calls_) {
        std::visit([this](auto& one) { take(one); }, call);
    }
    calls_.clear();
}

void Consumers::take(exchange::StreamConsumers::Attach& attach) {
    exchange::MemberSource* const shard = shard_of(attach.member);
    if (shard == nullptr) {
        return;
    }
    const StreamRuntime* const stream = parts_.streams.find(attach.account, attach.stream);
    if (stream == nullptr || !stream->captures) {
        shard->take_attached(
            attach.member, v1::NO_CONSUMER, fmt::format("stream '{}' does not exist", attach.stream)
        );
        return;
    }
    if (members_.contains(attach.member)) {
        shard->take_attached(
            attach.member, v1::BAD_CONSUMER, "the subscription is a member of a consumer already"
        );
        return;
    }
    const TimePoint now = parts_.loop.now();
    const auto consumer = creation_.obtain(attach, *stream, now);
    if (!consumer) {
        shard->take_attached(attach.member, consumer.error().code, consumer.error().text);
        return;
    }
    ConsumerRuntime& joined = **consumer;
    const streams::MemberId number = joined.join(attach.member, *shard, attach.may_subscribe, now);
    members_[attach.member] = {&joined, number};
    joined.add_credit(number, attach.credit);
    if (joined.is_stored || !joined.is_durable()) {
        joined.confirm_members();
    }
    set_.wake(joined);
}

void Consumers::take(const DetachCall& call) {
    const auto found = members_.find(call.member);
    if (found == members_.end()) {
        return;
    }
    const Membership member = found->second;
    members_.erase(found);
    member.consumer->leave(member.number, parts_.loop.now());
    if (member.consumer->is_durable()) {
        set_.wake(*member.consumer);
    } else {
        remove(*member.consumer, v1::NO_CONSUMER, {});
    }
}

void Consumers::take(const CreditCall& call) {
    if (const auto found = members_.find(call.member); found != members_.end()) {
        found->second.consumer->add_credit(found->second.number, call.messages);
        set_.wake(*found->second.consumer);
    }
}

void Consumers::take(const std::vector<exchange::RecordOutcome>& outcomes) {
    const TimePoint now = parts_.loop.now();
    for (const exchange::RecordOutcome& outcome : outcomes) {
        if (const auto found = members_.find(outcome.member); found != members_.end()) {
            found->second.consumer->settle(found->second.number, outcome, now);
            set_.wake(*found->second.consumer);
        }
    }
}

void Consumers::take(const std::unique_ptr<exchange::DeliveryBatch>& batch) {
    // All batches are made here.
    const auto& own = static_cast<const BlockBatch&>(*batch);
    const auto found = members_.find(own.member);
    // The client may have used the number of the subscription again.
    if (found != members_.end() && found->second.number == own.number &&
        found->second.consumer->serial == own.consumer) {
        found->second.consumer->take_back(own.number, own.charge);
        set_.wake(*found->second.consumer);
    }
}

// --- the ends of members and consumers

void Consumers::end_members(
    ConsumerRuntime& consumer, v1::ErrorCode reason, const std::string& text
) {
    consumer.windows().for_each([this](const DeliveryWindow& window) {
        members_.erase(window.member());
    });
    consumer.end_members(reason, text, parts_.loop.now());
}

void Consumers::remove(ConsumerRuntime& consumer, v1::ErrorCode reason, const std::string& text) {
    end_members(consumer, reason, text);
    if (consumer.is_durable()) {
        removed_.push_back({consumer.identity().stream, consumer.identity().id});
        wants_commit_ = true;
    }
    snapshots_.remove(consumer);
    set_.remove(consumer);
}

void Consumers::end_stream(exchange::StreamNumber stream) {
    set_.for_each_of(stream, [this](ConsumerRuntime& consumer) {
        remove(consumer, v1::NO_CONSUMER, "the stream was removed");
    });
    set_.forget_stream(stream);
    // The store removes its cursors with it.
    std::erase_if(removed_, [&](const store::CursorKey& key) { return key.stream == stream; });
}

void Consumers::end_denied(ConsumerRuntime& consumer, TimePoint now) {
    for (const streams::MemberId number : consumer.denied()) {
        consumer.windows().for_each([&](const DeliveryWindow& window) {
            if (window.number() == number) {
                members_.erase(window.member());
            }
        });
        consumer.end_member(
            number, v1::PERMISSION_DENIED, "may not subscribe to a subject of the consumer", now
        );
    }
}

void Consumers::pause(ConsumerRuntime& consumer, std::chrono::milliseconds time) {
    consumer.pause(parts_.loop.now() + time);
    set_.wake(consumer);
    set_.note_turn(consumer);
}

void Consumers::finish() {
    take_mail();
    mail_.close();
    while (set_.has_work()) {
        snapshots_.note(set_.take_ready());
    }
    finished_ = true;
    wants_commit_ = true;
}

// --- turns

void Consumers::join_group(CommitGroup& group, TimePoint now) {
    wants_commit_ = false;
    for (const StreamPart& part : group.parts) {
        const exchange::StreamNumber stream = part.stream->number;
        if (part.removed) {
            end_stream(stream);
            continue;
        }
        set_.for_each_of(stream, [&](ConsumerRuntime& consumer) {
            consumer.forget_before(part.first);
            for (const Sequence hole : part.holes) {
                consumer.forget(hole);
            }
        });
    }
    if (!removed_.empty()) {
        group.removed_cursors = std::exchange(removed_, {});
        group.waiters.emplace_back([this,
                                    keys = group.removed_cursors](const CommitOutcome& outcome) {
            if (!outcome.ok()) {
                removed_.insert(removed_.end(), keys.begin(), keys.end());
            }
        });
    }
    snapshots_.join_group(group, finished_, now);
}

void Consumers::take_commit(const CommitGroup& group) {
    for (const store::BlockPtr& block : group.blocks) {
        ConsumersOfStream* const consumers = set_.of(block->stream());
        if (consumers != nullptr && !consumers->by_name.empty()) {
            consumers->recent.add(block);
        }
    }
    for (const StreamPart& part : group.parts) {
        set_.wake_all(part.stream->number);
    }
}

void Consumers::run_consumer(ConsumerRuntime& consumer, std::size_t& reads, TimePoint now) {
    using Progress = ConsumerRuntime::Progress;
    const StreamRuntime* const stream = parts_.streams.find(consumer.identity().stream);
    if (stream == nullptr) {
        remove(consumer, v1::NO_CONSUMER, "the stream was removed");
        return;
    }
    const ReadPlace place{
        parts_.store, *stream, set_.of(consumer.identity().stream)->recent, reads
    };
    const Progress progress = consumer.run(place, set_.flights() < kMaxFlights, now);
    for (const streams::DeadLetter& letter : consumer.take_dead_letters()) {
        dead_letters_.publish(
            consumer, *stream, letter, shards_.empty() ? nullptr : shards_.front()
        );
        wants_commit_ = true;
    }
    end_denied(consumer, now);
    if (progress == Progress::inactive) {
        remove(consumer, v1::NO_CONSUMER, "the consumer was removed");
        return;
    }
    if (progress == Progress::damaged) {
        end_members(consumer, v1::STORAGE_FAILED, consumer.damage());
    } else if (progress == Progress::more) {
        set_.wake(consumer);
    }
    set_.note_turn(consumer);
    snapshots_.note(consumer);
}

void Consumers::run_turn(TimePoint now) {
    if (finished_) {
        return;
    }
    set_.wake_due(now);
    std::size_t reads = kReadsPerTurn;
    for (std::size_t count = std::min(set_.ready(), kConsumersPerTurn); count > 0; --count) {
        run_consumer(set_.take_ready(), reads, now);
    }
}

TimePoint Consumers::next_turn(bool may_commit) const {
    if (finished_) {
        return TimePoint::max();
    }
    if (set_.has_work() || (wants_commit_ && may_commit)) {
        return TimePoint();
    }
    const TimePoint deadline = set_.next_deadline();
    return may_commit ? std::min(deadline, snapshots_.next()) : deadline;
}

}  // namespace telex::storage

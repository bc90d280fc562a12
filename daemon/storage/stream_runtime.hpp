#pragma once
// A stream at work: its state, what it has decided since the last group, and its counters.
#include "access/accounts.hpp"
#include "exchange/stream_storage.hpp"
#include "storage/commit_group.hpp"
#include "storage/publication_facts.hpp"
#include "storage/refusal_counters.hpp"
#include "storage/stored_stream.hpp"
#include "storage/stream_fault.hpp"
#include "store/store.hpp"
#include "streams/message_ids.hpp"
#include "streams/stream_change.hpp"
#include "streams/stream_state.hpp"
#include "telex/v1/stream.pb.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace telex::storage {

// Common to all streams.
struct StreamContext {
    const store::Store& store;
    streams::IdHasher hasher;
    streams::StateBounds bounds;
};

// The time and the place of decisions.
struct DecisionPlace {
    streams::Time now;
    ByteArena& bytes;              // of the group that gets the records
    const CommitGroup* in_flight;  // being committed; may be null
};

// Owner: StreamSet. The storage thread. Its StoredStream is shared.
class StreamRuntime {
public:
    // A new stream. `context` must outlive it.
    StreamRuntime(
        const StreamContext& context, StoredStreamPtr stored, const streams::StreamOptions& options
    );

    // --- publications
    [[nodiscard]] exchange::StreamDecision decide(
        const exchange::OfferedMessage& offer, const DecisionPlace& to
    );
    [[nodiscard]] exchange::StreamDecision refuse_full();
    [[nodiscard]] exchange::StreamDecision refuse_failed();

    // --- removal; the sequences go with the next group
    void expire(const streams::StreamTimes& times) { state_->expire(times, removals_); }

    streams::Time next_deadline() const { return state_->next_deadline(); }

    [[nodiscard]] Result<std::uint64_t, streams::PurgeError> purge(const streams::PurgeOrder& order
    ) {
        return state_->purge(order, removals_);
    }

    bool erase(Sequence sequence, std::string_view subject) {
        return state_->erase(sequence, subject, removals_);
    }

    // --- groups
    bool has_changes() const {
        return !records_.empty() || !removals_.empty() || metadata_changed_ || release_;
    }

    bool has_records() const { return !records_.empty(); }

    // Blocks can be deleted: the next group does it.
    bool wants_release() const;

    void release() { release_ = wants_release(); }

    // Moves all changes to a group.
    void take_changes(CommitGroup& group);
    // Changes without records that were not committed.
    void put_back(const StreamPart& part);
    // Memory for records to come.
    void reuse(std::vector<store::Record>&& records);

    // --- settings
    const streams::StreamOptions& options() const { return state_->options(); }

    // Requires settings without an impossible change. With `rebuilds()`, all records must be
    // committed. After an error the stream is as before.
    [[nodiscard]] StreamResult<void> change(const streams::StreamOptions& options);
    bool rebuilds(const streams::StreamOptions& options) const;
    streams::StreamFill fill(streams::Time now) const;

    // Builds the state from the store. `first` and `last`: see RestoreInput.
    [[nodiscard]] StreamResult<void> restore(
        const streams::StreamOptions& options,
        Sequence first,
        Sequence last,
        const std::function<void(std::size_t)>& on_block = {}
    );
    // Forgets what is not committed; sequences that were given are not used again.
    [[nodiscard]] StreamResult<void> forget_uncommitted();

    bool is_configured() const { return configured_; }

    void set_configured(bool configured) {
        metadata_changed_ = metadata_changed_ || configured != configured_;
        configured_ = configured;
    }

    void set_created(std::int64_t created) {
        created_ = created;
        metadata_changed_ = true;
    }

    void use_metadata(std::int64_t created, bool configured) {
        created_ = created;
        configured_ = configured;
        metadata_changed_ = false;
    }

    // --- look-ups
    const StoredStreamPtr& stored() const { return stored_; }

    const streams::StreamState& state() const { return *state_; }

    v1::StreamInfo info() const;

    // Whether the shards offer messages to it.
    bool captures = false;
    // Absent: its account does not exist now. It stores nothing then, and clients cannot read it.
    std::optional<access::AccountId> account = access::kDefaultAccount;

private:
    void describe();
    void append(
        const exchange::OfferedMessage& offer,
        const PublicationFacts& facts,
        const streams::Placement& placement,
        const DecisionPlace& to
    );
    [[nodiscard]] exchange::StreamDecision refuse(const streams::Refusal& refusal);
    [[nodiscard]] bool look_up_last(
        std::string_view subject, Sequence below, const DecisionPlace& to
    );

    const StreamContext& context_;
    StoredStreamPtr stored_;
    std::unique_ptr<streams::StreamState> state_;
    std::string config_;  // encoded
    std::int64_t created_ = 0;
    bool configured_ = false;

    // Since the last group.
    std::vector<store::Record> records_;
    streams::Removals removals_;
    bool metadata_changed_ = true;
    bool release_ = false;

    Sequence released_ = 1;
    std::vector<store::Record> spare_;
    std::uint64_t stored_messages_ = 0;
    std::uint64_t duplicates_ = 0;
    RefusalCounters refused_;
};

}  // namespace telex::storage

#include "storage/stream_runtime.hpp"

#include "storage/publication_facts.hpp"
#include "storage/record_search.hpp"
#include "storage/restore.hpp"
#include "storage/stream_config.hpp"
#include "storage/stream_metadata.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

namespace telex::storage {

namespace {

using streams::RefusalReason;

constexpr std::size_t kKeptRecords = 65'536;

Sequence id_floor_of(const streams::StreamRecords& records) {
    const Sequence lowest = records.ids().lowest_sequence();
    return lowest == streams::kNoSequence ? std::numeric_limits<Sequence>::max() : lowest;
}

streams::Offer offer_of(
    const exchange::OfferedMessage& offer,
    const PublicationFacts& facts,
    const streams::IdHasher* hasher
) {
    streams::Offer result{
        .subject = offer.subject,
        .bytes = static_cast<std::uint32_t>(offer.body.size()),
        .id_bytes = static_cast<std::uint32_t>(facts.id.size()),
        .expected_last = facts.expected_last,
        .expected_subject_last = facts.expected_subject_last,
        .roll_up = static_cast<streams::RollUp>(facts.roll_up),
    };
    if (hasher != nullptr) {
        result.id = (*hasher)(facts.id);
    }
    if (facts.ttl_ms != 0) {
        result.ttl = ttl_of(facts.ttl_ms);
    }
    return result;
}

// The same text within the copy of the body, if it is a part of the body.
std::string_view copy_text(
    std::string_view text, ByteView body, std::string_view copy, ByteArena& bytes
) {
    const std::less_equal<> before;
    if (before(body.data(), text.data()) &&
        before(text.data() + text.size(), body.data() + body.size())) {
        return copy.substr(static_cast<std::size_t>(text.data() - body.data()), text.size());
    }
    return bytes.copy(text);
}

}  // namespace

StreamRuntime::StreamRuntime(
    const StreamContext& context, StoredStreamPtr stored, const streams::StreamOptions& options
)
    : context_(context),
      stored_(std::move(stored)),
      state_(std::make_unique<streams::StreamState>(options, context.bounds)) {
    describe();
}

void StreamRuntime::describe() {
    config_ = config_of(options(), stored_->account).SerializeAsString();
    metadata_changed_ = true;
}

exchange::StreamDecision StreamRuntime::refuse(const streams::Refusal& refusal) {
    refused_.count(refusal.reason);
    const v1::ErrorCode code = code_of(refusal.reason);
    return {
        .code = code,
        .text = streams::text_of(refusal.reason),
        .sequence = code == v1::WRONG_SEQUENCE ? refusal.actual : 0,
    };
}

exchange::StreamDecision StreamRuntime::refuse_full() {
    refused_.count_full();
    return {.code = v1::STORAGE_FULL, .text = "the disk has no room for messages"};
}

exchange::StreamDecision StreamRuntime::refuse_failed() {
    refused_.count_failed();
    return {.code = v1::STORAGE_FAILED, .text = "the storage has failed"};
}

exchange::StreamDecision StreamRuntime::decide(
    const exchange::OfferedMessage& offer, const DecisionPlace& to
) {
    const auto facts = read_publication(offer.body);
    if (!facts || facts->roll_up > v1::ROLL_UP_ALL) {
        refused_.count_unknown_field();
        return {.code = v1::NOT_STORABLE, .text = "roll_up is unknown"};
    }
    const bool has_id = !facts->id.empty() && options().duplicate_window.has_value();
    const streams::Offer question = offer_of(offer, *facts, has_id ? &context_.hasher : nullptr);
    auto placement = state_->decide(question, to.now, removals_);
    if (!placement && placement.error().reason == RefusalReason::lookup_required) {
        if (!look_up_last(offer.subject, placement.error().actual, to)) {
            return refuse_failed();
        }
        placement = state_->decide(question, to.now, removals_);
    }
    if (!placement) {
        return refuse(placement.error());
    }
    if (placement->duplicate) {
        ++duplicates_;
    } else {
        append(offer, *facts, *placement, to);
    }
    return {.sequence = placement->sequence, .duplicate = placement->duplicate};
}

void StreamRuntime::append(
    const exchange::OfferedMessage& offer,
    const PublicationFacts& facts,
    const streams::Placement& placement,
    const DecisionPlace& to
) {
    const std::string_view body = to.bytes.copy(offer.body);
    records_.push_back({
        .sequence = placement.sequence,
        .time = placement.time.time_since_epoch().count(),
        .flags = facts.ttl_ms != 0 ? kHasTtl : std::uint8_t{0},
        .subject = copy_text(offer.subject, offer.body, body, to.bytes),
        .message_id = copy_text(facts.id, offer.body, body, to.bytes),
        .body = body,
    });
    ++stored_messages_;
}

// Finds the last record of a subject below a sequence, also among those that are not committed yet.
bool StreamRuntime::look_up_last(
    std::string_view subject, Sequence below, const DecisionPlace& to
) {
    const auto last_in = [&](const std::vector<store::Record>& records) {
        const auto found = std::find_if(records.rbegin(), records.rend(), [&](const auto& record) {
            return record.sequence < below && record.subject == subject &&
                   state_->records().contains(record.sequence);
        });
        return found == records.rend() ? streams::kNoSequence : found->sequence;
    };
    Sequence last = last_in(records_);
    if (last == streams::kNoSequence && to.in_flight != nullptr) {
        if (const StreamPart* part = to.in_flight->part_of(stored_->number)) {
            last = last_in(part->records);
        }
    }
    Sequence at_most = below - 1;
    while (last == streams::kNoSequence && at_most >= state_->first()) {
        const auto found = find_last_of(context_.store, *stored_, subject, at_most);
        if (!found) {
            return false;
        }
        if (!*found) {
            break;
        }
        const Sequence sequence = (*found)->record().sequence;
        last = state_->records().contains(sequence) ? sequence : streams::kNoSequence;
        at_most = sequence - 1;
    }
    state_->resolve_last(subject, last);
    return true;
}

bool StreamRuntime::wants_release() const {
    return state_->records().releasable_before() > released_ ||
           stored_->blocks.has_dead(
               stored_->last.load(std::memory_order_relaxed) + 1, id_floor_of(state_->records())
           );
}

void StreamRuntime::take_changes(CommitGroup& group) {
    if (!has_changes()) {
        return;
    }
    StreamPart& part = group.parts.emplace_back();
    part.stream = stored_;
    part.compression = options().compression == streams::Compression::zstd
                           ? store::Compression::zstd
                           : store::Compression::none;
    part.needs_sync = options().sync == streams::Sync::always;
    part.records = std::exchange(records_, std::exchange(spare_, {}));
    part.first = std::max(state_->first(), stored_->first.load(std::memory_order_relaxed));
    part.last = state_->last();
    part.holes = std::move(removals_.holes);
    std::erase_if(part.holes, [&](Sequence hole) { return hole < part.first; });
    part.id_floor = id_floor_of(state_->records());
    if (!removals_.empty() || !part.holes.empty() || metadata_changed_) {
        part.metadata = encode(StreamMetadata{
            .config = config_,
            .first = part.first,
            .last = part.last,
            .created = created_,
            .configured = configured_,
        });
    }
    if (const Sequence free = state_->records().releasable_before(); release_ && free > released_) {
        part.release_before = free;
        released_ = free;
    }
    removals_ = {};
    metadata_changed_ = false;
    release_ = false;
}

void StreamRuntime::put_back(const StreamPart& part) {
    removals_.holes.insert(removals_.holes.end(), part.holes.begin(), part.holes.end());
    metadata_changed_ = metadata_changed_ || !part.metadata.empty();
    if (part.release_before != 0) {
        released_ = 1;  // nothing was deleted
    }
}

void StreamRuntime::reuse(std::vector<store::Record>&& records) {
    if (spare_.capacity() == 0 && records.capacity() <= kKeptRecords) {
        spare_ = std::move(records);
        spare_.clear();
    }
}

bool StreamRuntime::rebuilds(const streams::StreamOptions& changed) const {
    return indexes_all(changed) != indexes_all(options()) ||
           changed.duplicate_window != options().duplicate_window;
}

StreamResult<void> StreamRuntime::change(const streams::StreamOptions& changed) {
    if (rebuilds(changed)) {
        if (auto restored = restore(changed, stored_->first, state_->last()); !restored) {
            return restored;
        }
    } else {
        state_->change(changed, removals_);
    }
    describe();
    return {};
}

StreamResult<void> StreamRuntime::restore(
    const streams::StreamOptions& options,
    Sequence first,
    Sequence last,
    const std::function<void(std::size_t)>& on_block
) {
    auto state = std::make_unique<streams::StreamState>(options, context_.bounds);
    const RestoreInput input{context_.store, context_.hasher, first, last, on_block};
    if (auto restored = restore_records(input, *stored_, *state, removals_); !restored) {
        return restored;
    }
    state_ = std::move(state);
    return {};
}

StreamResult<void> StreamRuntime::forget_uncommitted() {
    records_.clear();
    removals_ = {};
    metadata_changed_ = true;
    return restore(options(), stored_->first, state_->last());
}

streams::StreamFill StreamRuntime::fill(streams::Time now) const {
    const streams::RecordLedger& ledger = state_->records().ledger();
    streams::StreamFill fill{
        .messages = ledger.messages(),
        .bytes = ledger.bytes(),
        .subjects = state_->records().subjects().size(),
    };
    if (const auto oldest = ledger.first_time()) {
        fill.oldest_age = now - *oldest;
    }
    return fill;
}

v1::StreamInfo StreamRuntime::info() const {
    v1::StreamInfo info;
    *info.mutable_config() = config_of(options(), stored_->account);
    const streams::RecordLedger& ledger = state_->records().ledger();
    info.set_messages(ledger.messages());
    info.set_bytes(ledger.bytes());
    info.set_subjects(state_->records().subjects().size());
    info.set_first_sequence(state_->first());
    info.set_last_sequence(state_->last());
    if (const auto oldest = ledger.first_time()) {
        info.set_first_unix_nanoseconds(oldest->time_since_epoch().count());
        info.set_last_unix_nanoseconds(state_->last_time().time_since_epoch().count());
    }
    info.set_memory_bytes(state_->memory_bytes() + stored_->blocks.memory_bytes());
    info.set_configured(configured_);
    info.set_created_unix_nanoseconds(created_);
    info.set_stored_messages(stored_messages_);
    info.set_duplicates(duplicates_);
    refused_.for_each([&](std::string_view name, std::uint64_t count) {
        (*info.mutable_refused_messages())[std::string(name)] = count;
    });
    info.set_record_bytes(stored_->record_bytes.load(std::memory_order_relaxed));
    info.set_block_bytes(stored_->block_bytes.load(std::memory_order_relaxed));
    return info;
}

}  // namespace telex::storage

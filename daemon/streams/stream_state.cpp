#include "streams/stream_state.hpp"

#include "streams/batch_check.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace telex::streams {

StreamState::StreamState(StreamOptions options, const StateBounds& bounds)
    : options_(std::move(options)), bounds_(bounds), records_(options_, bounds.records) {}

// Checks of the offer alone.
std::optional<Refusal> StreamState::check_form(const Offer& offer) const {
    if (offer.bytes > options_.max_message_bytes) {
        return Refusal{
            .reason = RefusalReason::message_too_large, .limit = options_.max_message_bytes
        };
    }
    if (offer.id_bytes > kMaxMessageIdBytes) {
        return Refusal{.reason = RefusalReason::message_id_too_long, .limit = kMaxMessageIdBytes};
    }
    if (offer.ttl) {
        if (!options_.allow_ttl) {
            return Refusal{.reason = RefusalReason::ttl_not_allowed};
        }
        if (*offer.ttl < kMinTtl) {
            return Refusal{.reason = RefusalReason::ttl_invalid};
        }
    }
    if (offer.roll_up != RollUp::none && !options_.allow_roll_up) {
        return Refusal{.reason = RefusalReason::roll_up_not_allowed};
    }
    return std::nullopt;
}

Sequence StreamState::find_duplicate(const Offer& offer) const {
    return offer.id.empty() || !options_.duplicate_window ? kNoSequence
                                                          : records_.ids().find(offer.id);
}

std::optional<Refusal> StreamState::check_conditions(const Offer& offer, SubjectRef subject) const {
    if (offer.expected_last && *offer.expected_last != last()) {
        return Refusal{.reason = RefusalReason::wrong_last_sequence, .actual = last()};
    }
    if (!offer.expected_subject_last) {
        return std::nullopt;
    }
    const SubjectLast actual =
        subject != kNoSubject ? records_.subjects().last(subject, first()) : SubjectLast{};
    if (!actual.exact) {
        return Refusal{.reason = RefusalReason::lookup_required, .actual = actual.sequence};
    }
    if (*offer.expected_subject_last != actual.sequence) {
        return Refusal{.reason = RefusalReason::wrong_subject_sequence, .actual = actual.sequence};
    }
    return std::nullopt;
}

// Checks whether the state has room to remember the offer.
std::optional<Refusal> StreamState::check_state(const Offer& offer, SubjectRef subject) const {
    if (last() == std::numeric_limits<Sequence>::max() - 1) {
        return Refusal{.reason = RefusalReason::sequences_exhausted};
    }
    const bool new_subject = subject == kNoSubject;
    if (new_subject && records_.subjects().size() >= options_.max_subjects) {
        return Refusal{.reason = RefusalReason::too_many_subjects, .limit = options_.max_subjects};
    }
    const bool has_id = !offer.id.empty() && options_.duplicate_window;
    if (has_id && records_.ids().size() >= options_.max_duplicate_ids) {
        return Refusal{
            .reason = RefusalReason::too_many_message_ids, .limit = options_.max_duplicate_ids
        };
    }
    std::size_t memory = memory_bytes();
    memory += records_.subjects().growth_bytes(offer.subject, new_subject);
    memory += has_id ? records_.ids().growth_bytes(last_time_) : 0;
    if (memory > bounds_.max_memory) {
        return Refusal{.reason = RefusalReason::memory_budget, .limit = bounds_.max_memory};
    }
    return std::nullopt;
}

// Finds the records that the offer itself replaces: a full stream still takes it.
void StreamState::find_replaced(const Offer& offer, Place& place) {
    const RecordLedger& ledger = records_.ledger();
    if (offer.roll_up == RollUp::all) {
        place.frees_messages = ledger.messages();
        place.frees_bytes = ledger.bytes();
        return;
    }
    if (place.subject == kNoSubject || !records_.subjects().has_all()) {
        return;
    }
    SubjectIndex& subjects = records_.subjects();
    subjects.trim(place.subject, first());
    if (offer.roll_up == RollUp::subject) {
        subjects.for_each_record(place.subject, [&](Sequence, std::uint32_t bytes) {
            ++place.frees_messages;
            place.frees_bytes += bytes;
        });
        return;
    }
    const std::uint64_t count = subjects.count(place.subject, kNoSequence).messages;
    if (options_.discard != Discard::newest_per_subject && options_.max_per_subject &&
        count >= *options_.max_per_subject) {
        place.frees_messages = 1;
        place.frees_bytes = subjects.oldest_bytes(place.subject);
    }
}

std::optional<Refusal> StreamState::check_subject_limit(SubjectRef subject, std::uint64_t added)
    const {
    if (options_.discard != Discard::newest_per_subject) {
        return std::nullopt;
    }
    const std::uint64_t present =
        subject != kNoSubject ? records_.subjects().count(subject, first()).messages : 0;
    if (present + added <= *options_.max_per_subject) {
        return std::nullopt;
    }
    return Refusal{
        .reason = RefusalReason::too_many_per_subject, .limit = *options_.max_per_subject
    };
}

std::optional<Refusal> StreamState::check_limits(const Offer& offer, const Place& place) const {
    const RecordLedger& ledger = records_.ledger();
    const std::uint64_t messages = ledger.messages() - place.frees_messages + 1;
    const std::uint64_t bytes =
        ledger.bytes() - std::min(place.frees_bytes, ledger.bytes()) + offer.bytes;
    if (options_.max_messages && messages > *options_.max_messages) {
        return Refusal{.reason = RefusalReason::too_many_messages, .limit = *options_.max_messages};
    }
    if (options_.max_bytes && bytes > *options_.max_bytes) {
        return Refusal{.reason = RefusalReason::too_many_bytes, .limit = *options_.max_bytes};
    }
    return offer.roll_up == RollUp::none ? check_subject_limit(place.subject, 1) : std::nullopt;
}

void StreamState::roll_up(const Offer& offer, Sequence sequence, Removals& removals) {
    if (offer.roll_up == RollUp::all) {
        records_.remove_before(sequence, removals);
    } else if (offer.roll_up == RollUp::subject) {
        records_.remove_of_subject(records_.find_subject(offer.subject), sequence, removals);
    }
}

Placement StreamState::accept(
    const Offer& offer, SubjectRef subject, Time now, Removals& removals
) {
    last_time_ = std::max(last_time_, now);
    const Sequence sequence = last() + 1;
    if (options_.retention == Retention::interest && !offer.wanted) {
        records_.set_last(sequence);
        if (!offer.id.empty() && options_.duplicate_window) {
            records_.add_id(offer.id, sequence, last_time_);
        }
        return {.sequence = sequence, .time = last_time_, .stored = false};
    }
    records_.append(
        {.sequence = sequence,
         .time = last_time_,
         .subject = offer.subject,
         .id = offer.id,
         .bytes = offer.bytes,
         .ttl = offer.ttl.value_or(Duration{})},
        subject
    );
    roll_up(offer, sequence, removals);
    if (options_.max_per_subject) {
        records_.apply_subject_limit(records_.find_subject(offer.subject), removals);
    }
    records_.apply_limits(removals);
    return {.sequence = sequence, .time = last_time_};
}

Result<Placement, Refusal> StreamState::decide(const Offer& offer, Time now, Removals& removals) {
    if (const auto refusal = check_form(offer)) {
        return unexpected(*refusal);
    }
    if (const Sequence original = find_duplicate(offer); original != kNoSequence) {
        return Placement{.sequence = original, .time = last_time_, .duplicate = true};
    }
    Place place{.subject = records_.find_subject(offer.subject)};
    if (const auto refusal = check_conditions(offer, place.subject)) {
        return unexpected(*refusal);
    }
    if (const auto refusal = check_state(offer, place.subject)) {
        return unexpected(*refusal);
    }
    if (options_.discard != Discard::oldest) {
        find_replaced(offer, place);
        if (const auto refusal = check_limits(offer, place)) {
            return unexpected(*refusal);
        }
    }
    return accept(offer, place.subject, now, removals);
}

Result<Placement, Refusal> StreamState::decide_batch(
    std::span<const Offer> offers, Time now, Removals& removals
) {
    BatchCheck check(*this);
    if (const auto refusal = check.run(offers)) {
        return unexpected(*refusal);
    }
    if (check.duplicate_of() != kNoSequence) {
        return Placement{.sequence = check.duplicate_of(), .time = last_time_, .duplicate = true};
    }
    Placement first{};
    for (const Offer& offer : offers) {
        const Placement placement =
            accept(offer, records_.find_subject(offer.subject), now, removals);
        if (first.sequence == kNoSequence) {
            first = placement;
        }
    }
    return first;
}

void StreamState::resolve_last(std::string_view subject, Sequence sequence) {
    const SubjectRef ref = records_.find_subject(subject);
    if (ref != kNoSubject && !records_.subjects().last(ref, first()).exact) {
        records_.subjects().resolve(ref, sequence);
    }
}

bool StreamState::erase(Sequence sequence, std::string_view subject, Removals& removals) {
    return !options_.deny_erase &&
           records_.remove(sequence, records_.find_subject(subject), removals);
}

bool StreamState::settle(Sequence sequence, SubjectRef subject, Removals& removals) {
    return options_.retention != Retention::limits && records_.remove(sequence, subject, removals);
}

void StreamState::settle_before(Sequence sequence, Removals& removals) {
    if (options_.retention != Retention::limits) {
        records_.remove_before(sequence, removals);
    }
}

void StreamState::restore_newer(const RecordFacts& record, Time now) {
    last_time_ = std::max(last_time_, record.time);
    records_.restore_newer(record, now);
}

void StreamState::restore_older(const RecordFacts& record, Time now) {
    last_time_ = std::max(last_time_, record.time);
    records_.restore_older(record, now);
}

void StreamState::finish_restore(Sequence last, Removals& removals) {
    records_.set_last(std::max(last, records_.last()));
    records_.apply_all_limits(removals);
}

void StreamState::change(const StreamOptions& options, Removals& removals) {
    options_ = options;
    records_.apply_all_limits(removals);
}

std::size_t StreamState::memory_bytes() const {
    return sizeof(*this) + records_.memory_bytes();
}

}  // namespace telex::streams

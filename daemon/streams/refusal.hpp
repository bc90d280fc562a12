#pragma once
// Why a stream does not store a publication.
#include "streams/sequence.hpp"

#include <cstdint>
#include <string_view>

namespace telex::streams {

// A refused publication leaves no trace in the stream, and reaches no subscriber.
enum class RefusalReason : std::uint8_t {
    message_too_large,       // `limit` is max_message_bytes
    too_many_messages,       // discard newest; `limit` is max_messages
    too_many_bytes,          // discard newest; `limit` is max_bytes
    too_many_per_subject,    // discard newest_per_subject; `limit` is max_per_subject
    too_many_subjects,       // `limit` is max_subjects
    too_many_message_ids,    // within the duplicate window; `limit` is max_duplicate_ids
    memory_budget,           // `limit` is the budget of the stream's state in bytes
    wrong_last_sequence,     // `actual` is the last sequence of the stream
    wrong_subject_sequence,  // `actual` is the last sequence of the subject
    message_id_too_long,     // `limit` is kMaxMessageIdBytes
    ttl_not_allowed,
    ttl_invalid,  // below one second
    roll_up_not_allowed,
    batch_empty,
    batch_too_large,         // `limit` is kMaxBatch
    batch_partly_duplicate,  // messages were stored before, but not as this batch
    batch_repeats_id,        // two messages of the batch have the same id
    batch_condition,         // a condition on something that the batch itself changes
    batch_roll_up,           // a batch cannot replace earlier messages
    batch_exceeds_limits,    // the batch alone is larger than the stream may be
    sequences_exhausted,
    lookup_required,  // not for publishers: the caller searches below `actual` for the last record
                      // of the subject, calls resolve_last() and decides again
};

struct Refusal {
    RefusalReason reason = RefusalReason::message_too_large;
    Sequence actual = kNoSequence;
    std::uint64_t limit = 0;
    std::uint32_t index = 0;  // of the message in its batch

    friend bool operator==(const Refusal&, const Refusal&) = default;
};

// Returns a predicate for messages, such as "wrong last sequence".
std::string_view text_of(RefusalReason reason);

// Returns true if the same publication may be accepted later without a change by its publisher:
// when records are removed, ids expire or memory is freed.
bool is_passing(RefusalReason reason);

}  // namespace telex::streams

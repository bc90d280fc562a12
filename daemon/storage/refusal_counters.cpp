#include "storage/refusal_counters.hpp"

namespace telex::storage {

using streams::RefusalReason;

v1::ErrorCode code_of(RefusalReason reason) {
    switch (reason) {
        case RefusalReason::wrong_last_sequence:
        case RefusalReason::wrong_subject_sequence:
            return v1::WRONG_SEQUENCE;
        case RefusalReason::too_many_messages:
        case RefusalReason::too_many_bytes:
        case RefusalReason::too_many_per_subject:
        case RefusalReason::too_many_subjects:
        case RefusalReason::too_many_message_ids:
        case RefusalReason::memory_budget:
        case RefusalReason::sequences_exhausted:
            return v1::STREAM_FULL;
        default:
            return v1::NOT_STORABLE;
    }
}

std::string_view RefusalCounters::name_of(std::size_t reason) {
    // In the order of RefusalReason.
    constexpr std::array<std::string_view, kReasons + 3> kNames = {
        "message_too_large",      "too_many_messages",    "too_many_bytes",
        "too_many_per_subject",   "too_many_subjects",    "too_many_message_ids",
        "memory_budget",          "wrong_last_sequence",  "wrong_subject_sequence",
        "message_id_too_long",    "ttl_not_allowed",      "ttl_invalid",
        "roll_up_not_allowed",    "batch_empty",          "batch_too_large",
        "batch_partly_duplicate", "batch_repeats_id",     "batch_condition",
        "batch_roll_up",          "batch_exceeds_limits", "sequences_exhausted",
        "lookup_required",        "unknown_field",        "storage_full",
        "storage_failed",
    };
    return kNames[reason];
}

}  // namespace telex::storage

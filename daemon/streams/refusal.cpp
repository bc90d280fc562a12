#include "streams/refusal.hpp"

namespace telex::streams {

std::string_view text_of(RefusalReason reason) {
    switch (reason) {
        case RefusalReason::message_too_large:
            return "message is larger than max_message_bytes";
        case RefusalReason::too_many_messages:
            return "stream is full: max_messages";
        case RefusalReason::too_many_bytes:
            return "stream is full: max_bytes";
        case RefusalReason::too_many_per_subject:
            return "subject is full: max_per_subject";
        case RefusalReason::too_many_subjects:
            return "stream has max_subjects subjects";
        case RefusalReason::too_many_message_ids:
            return "duplicate window has max_duplicate_ids message ids";
        case RefusalReason::memory_budget:
            return "memory budget of the stream is used up";
        case RefusalReason::wrong_last_sequence:
            return "wrong last sequence";
        case RefusalReason::wrong_subject_sequence:
            return "wrong last sequence of the subject";
        case RefusalReason::message_id_too_long:
            return "message id is too long";
        case RefusalReason::ttl_not_allowed:
            return "stream does not allow a time to live";
        case RefusalReason::ttl_invalid:
            return "time to live is less than a second";
        case RefusalReason::roll_up_not_allowed:
            return "stream does not allow roll-up";
        case RefusalReason::batch_empty:
            return "batch is empty";
        case RefusalReason::batch_too_large:
            return "batch has too many messages";
        case RefusalReason::batch_partly_duplicate:
            return "a part of the batch was stored before";
        case RefusalReason::batch_repeats_id:
            return "batch repeats a message id";
        case RefusalReason::batch_condition:
            return "condition depends on the batch itself";
        case RefusalReason::batch_roll_up:
            return "batch contains a roll-up";
        case RefusalReason::batch_exceeds_limits:
            return "batch exceeds the limits of the stream";
        case RefusalReason::sequences_exhausted:
            return "stream has used all sequences";
        case RefusalReason::lookup_required:
            return "last sequence of the subject is not known";
    }
    return "unknown reason";
}

bool is_passing(RefusalReason reason) {
    switch (reason) {
        case RefusalReason::too_many_messages:
        case RefusalReason::too_many_bytes:
        case RefusalReason::too_many_per_subject:
        case RefusalReason::too_many_subjects:
        case RefusalReason::too_many_message_ids:
        case RefusalReason::memory_budget:
            return true;
        default:
            return false;
    }
}

}  // namespace telex::streams
